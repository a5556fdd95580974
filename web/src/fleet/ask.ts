// Asking what is not live, and giving orders; both with the reason in words when it went wrong.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useReducer } from "react";
import type { components } from "../api/schema.gen";

export type Problem = components["schemas"]["Problem"];

interface Reply<T> {
  data?: T | undefined;
  error?: unknown;
  response: Response;
}

class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

const OFFLINE: Problem = {
  type: "https://monitorix/problems/not_ready",
  title: "",
  status: 0,
  detail: "",
  instance: "",
  code: "not_ready",
  request_id: "",
};

const isProblem = (error: unknown): error is Problem => typeof error === "object" && error !== null && "code" in error && "detail" in error;

async function unwrap<T>(reply: Promise<Reply<T>>): Promise<T | undefined> {
  const { data, error, response } = await reply;
  if (error !== undefined || !response.ok) throw new Refused(isProblem(error) ? error : { ...OFFLINE, status: response.status });
  return data;
}

const problemOf = (error: unknown): Problem => (error instanceof Refused ? error.problem : OFFLINE);

export interface Answer<T> {
  data: T | undefined;
  isLoading: boolean;
  problem: Problem | null;
  retry: () => void;
}

/** Asks once, and again every so many milliseconds while the page is seen; null = only once. */
export function useAnswer<T>(key: readonly string[], ask: () => Promise<Reply<T>>, every: number | null): Answer<T> {
  const query = useQuery({
    queryKey: ["fleet", ...key],
    queryFn: async () => (await unwrap(ask())) ?? null,
    refetchInterval: every ?? false,
    retry: (count, error) => count < 2 && problemOf(error).status >= 500,
  });
  const { refetch } = query;
  return {
    data: query.data ?? undefined,
    isLoading: query.isLoading,
    problem: query.error ? problemOf(query.error) : null,
    retry: useCallback(() => void refetch(), [refetch]),
  };
}

export interface OrderOf<Input, Output> {
  run: (input: Input) => Promise<Output | undefined>;
  isBusy: boolean;
  wasTried: boolean;
  problem: Problem | null;
  answer: Output | undefined;
}
export type Order<Input> = Omit<OrderOf<Input, unknown>, "run"> & { run: () => Promise<void> };

interface Progress<Output> {
  isBusy: boolean;
  wasTried: boolean;
  problem: Problem | null;
  answer: Output | undefined;
}

export function useOrderOf<Output, Input = void>(give: (input: Input) => Promise<Reply<Output>>): OrderOf<Input, Output> {
  const [progress, put] = useReducer((before: Progress<Output>, part: Partial<Progress<Output>>) => ({ ...before, ...part }), {
    isBusy: false,
    wasTried: false,
    problem: null,
    answer: undefined,
  });
  const run = async (input: Input) => {
    put({ isBusy: true, wasTried: true, problem: null });
    try {
      const answer = await unwrap(give(input));
      put({ isBusy: false, answer });
      return answer;
    } catch (error) {
      put({ isBusy: false, problem: problemOf(error) });
      return undefined;
    }
  };
  return { ...progress, run };
}

/** An order without input; afterwards what was asked before is asked again. */
export function useOrder(give: () => Promise<Reply<unknown>>, after?: () => void): Order<void> {
  const client = useQueryClient();
  const order = useOrderOf(async () => {
    const reply = await give();
    if (reply.response.ok) {
      void client.invalidateQueries({ queryKey: ["fleet"] });
      after?.();
    }
    return reply;
  });
  return { ...order, run: async () => void (await order.run(undefined)) };
}
