// One thing together with the number of its form. Whoever changes it says which form was meant, so that nobody's change
// is lost under another's.
import { answer, type Reply } from "./problem";

export interface Known<T> {
  thing: T;
  /** The ETag; empty when the server gave none. */
  form: string;
}

export async function known<T>(asked: Promise<Reply<T>>): Promise<Known<T>> {
  const reply = await asked;
  return { thing: await answer(Promise.resolve(reply)), form: reply.response.headers.get("ETag") ?? "" };
}

export const meaning = ({ form }: Known<unknown>): { header?: { "If-Match": string } } =>
  form === "" ? {} : { header: { "If-Match": form } };
