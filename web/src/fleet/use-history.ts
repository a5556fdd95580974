// The past of one object over the page's range. A range that ends now is asked again and again, and the shortest one is
// continued by what is live.
import { useMemo } from "react";
import { client } from "../api/client";
import { type Answer, useAnswer } from "./ask";
import { type Column, type History, historyOf, laidUnder, withLive } from "./history";
import type { SeriesAnswer, SeriesMark } from "./nouns";
import type { Range } from "./range";

const POINTS = 600;
const NO_MARKS: readonly SeriesMark[] = [];
const LIVE_SECONDS = 6 * 3600;
/** While less than the shortest span is known, the drawing begins where knowledge does, but for so many seconds. */
const SHORTEST_SECONDS = 3600;
const LEAST_SECONDS = 600;
const LEAST_MS = 30_000;
const MOST_MS = 600_000;

export interface HistoryState {
  history: History | null;
  /** The same metrics so much earlier, on the times of `history`; null when nothing is compared. */
  earlier: Column[] | null;
  /** What happened in the window, by time; to the only object it has no need to name (`own`), or to several. */
  marks: readonly SeriesMark[];
  own: string | null;
  /** The window in epoch seconds, for the axis. */
  from: number;
  to: number;
  /** Ends now, so that points may still come. */
  isMoving: boolean;
  isLoading: boolean;
  hasFailed: boolean;
}

function startOf(range: Range, to: number, first: number | undefined): number {
  const from = to - range.seconds;
  if (range.to !== null || range.seconds > SHORTEST_SECONDS || first === undefined) return from;
  return Math.max(from, Math.min(first, to - LEAST_SECONDS));
}

/** A window as the address of the question has it; one that ends now keeps its address while it moves along. */
function useWindow(objects: readonly string[], metrics: readonly string[], range: Range, earlier: number): Answer<SeriesAnswer> {
  const isMoving = range.to === null;
  const every = isMoving ? Math.min(MOST_MS, Math.max(LEAST_MS, (range.seconds / POINTS) * 1000)) : null;
  const ask = () => {
    const to = (range.to ?? Math.floor(Date.now() / 1000)) - earlier;
    const at = (seconds: number) => new Date(seconds * 1000).toISOString();
    const query = { object: [...objects], metric: [...metrics], from: at(to - range.seconds), to: at(to), points: POINTS };
    return client.GET("/api/metrics/series", { params: { query } });
  };
  return useAnswer(["series", String(range.seconds), String(range.to), String(earlier), ...objects, ...metrics], ask, every);
}

/** A window and the same one so much earlier, as columns; what both kinds of drawing begin with. */
function usePast(objects: readonly string[], metrics: readonly string[], by: "metric" | "object", range: Range, earlier: number) {
  const { data, isLoading, problem } = useWindow(objects, metrics, range, 0);
  const { data: before } = useWindow(objects, metrics, range, earlier);
  const names = by === "object" ? objects : metrics;
  const history = useMemo(() => (data ? historyOf(data, names, by) : null), [data, names, by]);
  const under = useMemo(() => (before && earlier > 0 ? historyOf(before, names, by) : null), [before, earlier, names, by]);
  const own = objects.length === 1 ? (objects[0] ?? null) : null;
  return {
    history,
    under,
    marks: data?.marks ?? NO_MARKS,
    own,
    end: (data?.to_ms ?? 0) / 1000,
    isLoading,
    hasFailed: problem !== null && !data,
  };
}

/** What a drawing of `history` until `to` needs to know. */
function useDrawing(past: ReturnType<typeof usePast>, history: History | null, to: number, range: Range, earlier: number): HistoryState {
  const { under, marks, own, isLoading, hasFailed } = past;
  const compared = useMemo(() => (history && under ? laidUnder(history, under, earlier) : null), [history, under, earlier]);
  const from = startOf(range, to, history?.times[0]);
  return { history, earlier: compared, marks, own, from, to, isMoving: range.to === null, isLoading, hasFailed };
}

/** One metric of several objects, a column each. */
export function useComparison(objects: readonly string[], metric: string, range: Range, earlier: number): HistoryState {
  const past = usePast(objects, [metric], "object", range, earlier);
  return useDrawing(past, past.history, past.end, range, earlier);
}

/** Metrics of one object, a column each; short windows that end now go on with what is live. */
export function useHistory(
  object: string,
  metrics: readonly string[],
  range: Range,
  earlier: number,
  at: string | null,
  live: readonly (number | null)[],
): HistoryState {
  const past = usePast([object], metrics, "metric", range, earlier);
  const key = live.join();
  const goesOn = range.to === null && range.seconds <= LIVE_SECONDS;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the values
  const history = useMemo(() => {
    void key;
    return past.history && at && goesOn ? withLive(past.history, Date.parse(at), live) : past.history;
  }, [past.history, at, key, goesOn]);
  const last = history?.times.at(-1) ?? 0;
  return useDrawing(past, history, Math.max(goesOn ? last : 0, past.end), range, earlier);
}
