// The recent past of the rows of a list, for sparklines: one question for all of them, asked again now and then. The
// rows are sorted by id, so that sorting or filtering the list asks nothing anew.
import { useMemo } from "react";
import { client } from "../api/client";
import { useAnswer } from "./ask";
import type { SeriesAnswer } from "./nouns";

/** What one question may name; of longer lists the first ones have a line. */
const MOST = 50;

export interface Wish {
  kind: "node" | "cluster" | "storage";
  metric: string;
  hours: number;
  points: number;
  /** Milliseconds between two questions. */
  every: number;
}

export const CPU_HOUR = { metric: "cpu_ratio", hours: 1, points: 60, every: 60_000 } as const;
export const USED_WEEK = { metric: "used_bytes", hours: 168, points: 56, every: 900_000 } as const;

export type Sparks = ReadonlyMap<string, readonly (number | null)[]>;

/** By the id of the object; those without a past are not in it. */
export function sparksOf(answer: SeriesAnswer | undefined): Sparks {
  const out = new Map<string, (number | null)[]>();
  for (const series of answer?.series ?? []) {
    const points = series.points.map((point) => point[1] ?? null);
    if (points.length > 1) out.set(series.object.slice(series.object.indexOf(":") + 1), points);
  }
  return out;
}

export function useSparks(wish: Wish, ids: readonly string[]): Sparks {
  const { kind, metric, hours, points, every } = wish;
  const object = [...ids].sort((a, b) => a.localeCompare(b, undefined, { numeric: true })).slice(0, MOST);
  const ask = async () => {
    if (object.length === 0) return { data: undefined, response: new Response() };
    const query = {
      object: object.map((id) => `${kind}:${id}`),
      metric: [metric],
      from: new Date(Date.now() - hours * 3_600_000).toISOString(),
      points,
    };
    return client.GET("/api/metrics/series", { params: { query } });
  };
  const { data } = useAnswer(["sparks", kind, metric, ...object], ask, every);
  return useMemo(() => sparksOf(data), [data]);
}
