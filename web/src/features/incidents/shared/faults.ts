// What the server says of a field of a form, found by the field's path; of a list or an object, the first inside it.
import { useState } from "react";
import type { ProblemError } from "../../../api/problem";
import { tellProblem, useAccountWords, type Words } from "../../../parts/account-words";

export interface Faults {
  at: (path: string) => string | null;
  /** What none of these paths says. */
  rest: (paths: readonly string[]) => string | null;
}

const isWithin = (field: string, path: string): boolean => field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`);

export function faultsOf(say: Words, problem: ProblemError | null): Faults {
  const told = (one: { code: string; message: string }) => say(`wrong.${one.code}`, { defaultValue: one.message });
  return {
    at: (path) => {
      const found = problem?.fields.find(({ field }) => isWithin(field, path));
      return found ? told(found) : null;
    },
    rest: (paths) => {
      if (problem === null) return null;
      if (problem.fields.length === 0) return tellProblem(say, problem);
      const found = problem.fields.find(({ field }) => !paths.some((path) => isWithin(field, path)));
      return found ? `${found.field}: ${told(found)}` : null;
    },
  };
}

export function useFaults(problem: ProblemError | null): Faults {
  return faultsOf(useAccountWords(), problem);
}

type Body = Readonly<Record<string, unknown>>;

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** What was refused when `body` was sent; a part that has been changed since then is no longer spoken of. */
export function useRefusals(problem: ProblemError | null, body: Body): Faults {
  const [sent, putSent] = useState({ problem, body });
  if (sent.problem !== problem) putSent({ problem, body });
  const faults = useFaults(problem);
  const isMended = (path: string) => {
    const part = path.split(/[.[]/)[0] ?? "";
    return part in sent.body ? !isSame(sent.body[part], body[part]) : !isSame(sent.body, body);
  };
  return { at: (path) => (isMended(path) ? null : faults.at(path)), rest: faults.rest };
}
