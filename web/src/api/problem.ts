// What the server refuses, as RFC 9457 tells it, and what the line itself refuses, in one shape.
import type { components } from "./schema.gen";

export type Problem = components["schemas"]["Problem"];
export type FieldError = components["schemas"]["FieldError"];
export type ProblemCode = Problem["code"];

export interface Reply<T> {
  data?: T | undefined;
  error?: unknown;
  response: Response;
}

const isProblem = (body: unknown): body is Problem => typeof body === "object" && body !== null && "code" in body && "detail" in body;

/** status 0 and code "unreachable": no answer came at all. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: ProblemCode | "unreachable";
  readonly detail: string;
  readonly fields: readonly FieldError[];
  readonly retryAfterSeconds: number | null;

  constructor(body: unknown, status: number) {
    const problem = isProblem(body) ? body : null;
    super(problem?.detail ?? `status ${status}`);
    this.name = "ProblemError";
    this.status = status;
    this.code = problem?.code ?? (status === 0 ? "unreachable" : "internal_error");
    this.detail = problem?.detail ?? "";
    this.fields = problem?.errors ?? [];
    this.retryAfterSeconds = problem?.retry_after_seconds ?? null;
  }
}

/** The data of an answer, or a ProblemError thrown. */
export async function answer<T>(asked: Promise<Reply<T>>): Promise<T> {
  let reply: Reply<T>;
  try {
    reply = await asked;
  } catch {
    throw new ProblemError(null, 0);
  }
  if (reply.error !== undefined || !reply.response.ok) throw new ProblemError(reply.error, reply.response.status);
  return reply.data as T;
}

export const problemOf = (error: unknown): ProblemError => (error instanceof ProblemError ? error : new ProblemError(null, 0));
