// The words of accounts: signing in, users, audit. A refusal is told by its code; the server's own sentence is the
// fallback for what has no translation.
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { ProblemError } from "../api/problem";

export type Words = (key: string, values?: Record<string, unknown>) => string;

export function useAccountWords(): Words {
  const { t } = useTranslation("account");
  const say = t as unknown as (key: string, values?: Record<string, unknown>) => string;
  return useCallback((key, values) => say(key, values), [say]);
}

export function tellProblem(say: Words, problem: ProblemError): string {
  return say(`problem.${problem.code}`, {
    defaultValue: problem.detail || say("problem.internal_error"),
    seconds: problem.retryAfterSeconds ?? 60,
  });
}

/** What is wrong with one field, or null. */
export function tellField(say: Words, problem: ProblemError | null, field: string): string | null {
  const found = problem?.fields.find((one) => one.field === field);
  return found ? say(`wrong.${found.code}`, { defaultValue: found.message }) : null;
}

/** What none of these fields can say; null when a field says it all, or nothing is wrong. */
export function tellRest(say: Words, problem: ProblemError | null, fields: readonly string[]): string | null {
  if (!problem || problem.fields.some((one) => fields.includes(one.field))) return null;
  return problem.fields[0]
    ? say(`wrong.${problem.fields[0].code}`, { defaultValue: problem.fields[0].message })
    : tellProblem(say, problem);
}
