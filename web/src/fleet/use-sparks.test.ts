import { describe, expect, it } from "vitest";
import type { SeriesAnswer } from "./nouns";
import { sparksOf } from "./use-sparks";

const series = (object: string, points: (number | null)[][]) => ({
  object,
  metric: "cpu_ratio",
  unit: "ratio",
  origin: "live",
  columns: ["t", "avg", "min", "max"],
  points,
});

describe("the sparklines of a list", () => {
  it("are told apart by object, keep their holes, and are left out where there is nothing to draw", () => {
    const answer = {
      from_ms: 0,
      to_ms: 1,
      step_ms: 60_000,
      partial: false,
      marks: [],
      series: [
        series("node:3", [
          [1, 0.5, 0.4, 0.6],
          [2, null, null, null],
          [3, 0.25, 0.1, 0.3],
        ]),
        series("node:4", []),
        series("node:5", [[1, 0.5, 0.4, 0.6]]),
      ],
    } as unknown as SeriesAnswer;
    const sparks = sparksOf(answer);
    expect([...sparks.keys()]).toEqual(["3"]);
    expect(sparks.get("3")).toEqual([0.5, null, 0.25]);
    expect(sparksOf(undefined).size).toBe(0);
  });
});
