// One order of a form: busy while it runs, done or refused afterwards.
import { useReducer } from "react";
import { type ProblemError, problemOf } from "../api/problem";

interface Standing {
  isBusy: boolean;
  isDone: boolean;
  problem: ProblemError | null;
}

export interface Deed extends Standing {
  /** True when it went well. */
  run: (deed: () => Promise<unknown>) => Promise<boolean>;
}

const IDLE: Standing = { isBusy: false, isDone: false, problem: null };

export function useDeed(): Deed {
  const [standing, put] = useReducer((_: Standing, next: Standing) => next, IDLE);
  const run = async (deed: () => Promise<unknown>): Promise<boolean> => {
    put({ ...IDLE, isBusy: true });
    try {
      await deed();
      put({ ...IDLE, isDone: true });
      return true;
    } catch (error) {
      put({ ...IDLE, problem: problemOf(error) });
      return false;
    }
  };
  return { ...standing, run };
}
