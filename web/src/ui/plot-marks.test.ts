import { expect, it } from "vitest";
import { groupNear, groupsOf, type Mark, type MarkTone } from "./plot-marks";

const mark = (at: number, tone: MarkTone = "ok", until: number | null = null): Mark => ({ at, until, tone, text: `at ${at}` });
const same = (seconds: number) => seconds;

it("draws marks that cover each other as one, as grave as the gravest of them", () => {
  const groups = groupsOf([mark(10), mark(15, "crit"), mark(20, "off"), mark(200, "warn")], 300, same);
  expect(groups.map(({ x, tone, marks }) => [x, tone, marks.length])).toEqual([
    [10, "crit", 3],
    [200, "warn", 1],
  ]);
});

it("keeps what began before the window and goes on in it, at the edge, and nothing else from outside", () => {
  const groups = groupsOf([mark(-50), mark(-40, "ok", 30), mark(-30, "ok", -5), mark(301)], 300, same);
  expect(groups.map(({ x, marks }) => [x, marks.length])).toEqual([[0, 1]]);
});

it("finds the nearest within reach of the cursor", () => {
  const groups = groupsOf([mark(100), mark(113)], 300, same);
  expect(groupNear(groups, 107)?.x).toBe(113);
  expect(groupNear(groups, 95)?.x).toBe(100);
  expect(groupNear(groups, 90)).toBeNull();
});
