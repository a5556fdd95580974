// The last hour of one object: asked every half minute, continued by what is live.
import { useMemo } from "react";
import { client } from "../api/client";
import { useAnswer } from "./ask";
import { type History, historyOf, withLive } from "./history";

const EVERY_MS = 30_000;

export interface HistoryState {
  history: History | null;
  isLoading: boolean;
  hasFailed: boolean;
}

export function useHistory(object: string, metrics: readonly string[], at: string | null, live: readonly (number | null)[]): HistoryState {
  const { data, isLoading, problem } = useAnswer(
    ["series", object, ...metrics],
    () => client.GET("/api/metrics/series", { params: { query: { object: [object], metric: [...metrics] } } }),
    EVERY_MS,
  );
  const past = useMemo(() => (data ? historyOf(data, metrics) : null), [data, metrics]);
  const key = live.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the values
  const history = useMemo(() => {
    void key;
    return past && at ? withLive(past, Date.parse(at), live) : past;
  }, [past, at, key]);
  return { history, isLoading, hasFailed: problem !== null && !data };
}
