import { describe, expect, it } from "vitest";
import answer from "../../../contract/examples/getSeries.json";
import { historyOf, withLive } from "./history";
import type { SeriesAnswer } from "./nouns";

describe("the history of a chart", () => {
  const history = historyOf(answer as SeriesAnswer, ["cpu_ratio", "iowait_ratio", "swap_used_bytes"]);
  it("puts every metric on one axis of time", () => {
    expect(history.times).toHaveLength(60);
    expect(history.columns.map((column) => column.length)).toEqual([60, 60, 60]);
  });
  it("keeps a hole a hole, and a metric without points unknown throughout", () => {
    expect(history.columns[0]?.[20]).toBeNull();
    expect(history.columns[0]?.[22]).toBeGreaterThan(0);
    expect(history.columns[2]?.every((value) => value === null)).toBe(true);
  });
  it("goes on with the live value, but never backwards", () => {
    const last = (history.times.at(-1) ?? 0) * 1000;
    expect(withLive(history, last + 5000, [0.5]).columns[0]?.at(-1)).toBe(0.5);
    expect(withLive(history, last - 5000, [0.5])).toBe(history);
  });
});
