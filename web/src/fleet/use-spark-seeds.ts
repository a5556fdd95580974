// Fetches the recent CPU of the guests on screen, once each, when scrolling has come to rest.
import { useEffect, useReducer } from "react";
import { client } from "../api/client";
import { recentCpu } from "./world";

const REST_MS = 250;
const MOST = 50;
const BACK_MS = 600_000;

async function seed(ids: readonly string[]): Promise<void> {
  const { data } = await client.GET("/api/metrics/series", {
    params: {
      query: { object: ids.map((id) => `vm:${id}`), metric: ["cpu_ratio"], from: new Date(Date.now() - BACK_MS).toISOString(), points: 60 },
    },
  });
  for (const series of data?.series ?? []) {
    recentCpu.seed(
      series.object.slice(3),
      series.points.map((point) => point[1] ?? null),
    );
  }
}

/** Grows when sparklines came in, so that rows draw them. */
export function useSparkSeeds(visible: readonly string[]): number {
  const [seeded, next] = useReducer((n: number) => n + 1, 0);
  const key = visible.join();
  useEffect(() => {
    const missing = key
      .split(",")
      .filter((id) => id !== "" && !recentCpu.has(id))
      .slice(0, MOST);
    if (missing.length === 0) return;
    const timer = setTimeout(() => {
      seed(missing).then(next, () => undefined);
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [key]);
  return seeded;
}
