// From the answer of /api/metrics/series to columns a chart can draw, with the live value at the end. Pure.
import type { MetricSeries, SeriesAnswer } from "./nouns";

export type Column = (number | null)[];

export interface History {
  /** Epoch seconds, rising. */
  times: number[];
  columns: Column[];
  /** The least and the most that lie behind each point of a column. */
  lows: Column[];
  highs: Column[];
  /** More is still being read back. */
  isPartial: boolean;
}

type Points = MetricSeries["points"];

/** One column per metric (or object) asked for, on the union of their times; a hole stays null. */
export function historyOf(answer: SeriesAnswer, names: readonly string[], by: "metric" | "object" = "metric"): History {
  const wanted = names.map((name) => answer.series.find((series: MetricSeries) => series[by] === name));
  const all = new Set<number>();
  for (const series of wanted) for (const point of series?.points ?? []) if (typeof point[0] === "number") all.add(point[0]);
  const millis = [...all].sort((a, b) => a - b);
  const place = new Map(millis.map((time, i) => [time, i]));
  const columnOf = (points: Points, which: number): Column => {
    const column: Column = new Array<number | null>(millis.length).fill(null);
    for (const point of points) {
      const at = place.get(point[0] ?? -1);
      if (at !== undefined) column[at] = point[which] ?? null;
    }
    return column;
  };
  const columns = (which: number) => wanted.map((series) => columnOf(series?.points ?? [], which));
  return {
    times: millis.map((time) => time / 1000),
    columns: columns(1),
    lows: columns(2),
    highs: columns(3),
    isPartial: answer.partial,
  };
}

/** The history with what is live now; a value older than the last point changes nothing. */
export function withLive(history: History, atMillis: number, values: readonly (number | null)[]): History {
  const at = atMillis / 1000;
  const last = history.times.at(-1);
  if (last !== undefined && at <= last) return history;
  const grown = (columns: readonly Column[]) => columns.map((column, i) => [...column, values[i] ?? null]);
  return {
    ...history,
    times: [...history.times, at],
    columns: grown(history.columns),
    lows: grown(history.lows),
    highs: grown(history.highs),
  };
}

/** What was so much earlier, moved to the times of `history`; a hole where nothing lies within half a step. */
export function laidUnder(history: History, earlier: History, seconds: number): Column[] {
  const { times } = earlier;
  const step = times.length > 1 ? ((times.at(-1) ?? 0) - (times[0] ?? 0)) / (times.length - 1) : 60;
  let from = 0;
  const places = history.times.map((time) => {
    const wanted = time - seconds;
    while (from + 1 < times.length && Math.abs((times[from + 1] ?? 0) - wanted) <= Math.abs((times[from] ?? 0) - wanted)) from += 1;
    return times.length > 0 && Math.abs((times[from] ?? 0) - wanted) <= step ? from : -1;
  });
  return earlier.columns.map((column) => places.map((place) => column[place] ?? null));
}
