// From the answer of /api/metrics/series to columns a chart can draw, with the live value at the end. Pure.
import type { MetricSeries, SeriesAnswer } from "./nouns";

export type Column = (number | null)[];

export interface History {
  /** Epoch seconds, rising. */
  times: number[];
  columns: Column[];
}

/** One column per metric asked for, on the union of their times; a hole stays null. */
export function historyOf(answer: SeriesAnswer, metrics: readonly string[]): History {
  const wanted = metrics.map((metric) => answer.series.find((series: MetricSeries) => series.metric === metric));
  const all = new Set<number>();
  for (const series of wanted) for (const point of series?.points ?? []) if (typeof point[0] === "number") all.add(point[0]);
  const millis = [...all].sort((a, b) => a - b);
  const place = new Map(millis.map((time, i) => [time, i]));
  const columns = wanted.map((series) => {
    const column: Column = new Array<number | null>(millis.length).fill(null);
    for (const point of series?.points ?? []) {
      const at = place.get(point[0] ?? -1);
      if (at !== undefined) column[at] = point[1] ?? null;
    }
    return column;
  });
  return { times: millis.map((time) => time / 1000), columns };
}

/** The history with what is live now; a value older than the last point changes nothing. */
export function withLive(history: History, atMillis: number, values: readonly (number | null)[]): History {
  const at = atMillis / 1000;
  const last = history.times.at(-1);
  if (last !== undefined && at <= last) return history;
  return {
    times: [...history.times, at],
    columns: history.columns.map((column, i) => [...column, values[i] ?? null]),
  };
}
