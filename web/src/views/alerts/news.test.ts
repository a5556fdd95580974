import { expect, it } from "vitest";
import type { Incident } from "../../fleet/nouns";
import { newsOf, numbered, seenOf, worstOf } from "./news";

const incident = (id: string, change: Partial<Incident> = {}) =>
  ({ id, severity: "warning", state: "open", held_by: null, ...change }) as Incident;
const HELD = { kind: "task" as const, ref: "UPID", since: "2026-11-28T01:00:00Z", until: null };

it("makes no noise about what was wrong before the page was opened", () => {
  expect(newsOf(null, [incident("1")])).toEqual([]);
});

it("tells of what is new, once", () => {
  const now = [incident("1"), incident("2")];
  expect(newsOf(seenOf([incident("1")]), now).map((one) => one.id)).toEqual(["2"]);
  expect(newsOf(seenOf(now), now)).toEqual([]);
});

it("tells again of what became worse, not of what became milder", () => {
  const seen = seenOf([incident("1"), incident("2", { severity: "critical" })]);
  expect(newsOf(seen, [incident("1", { severity: "critical" }), incident("2")]).map((one) => one.id)).toEqual(["1"]);
});

it("stays silent about what somebody has, and about what is held back", () => {
  expect(newsOf(new Map(), [incident("1", { state: "acknowledged" }), incident("2", { held_by: HELD })])).toEqual([]);
});

it("is as loud as the worst of them", () => {
  expect(worstOf([incident("1"), incident("2", { severity: "critical" })])).toBe("critical");
  expect(worstOf([])).toBe("info");
});

it("numbers a title, however often, and takes the number away", () => {
  expect(numbered("Nodes · Monitorix", 3)).toBe("(3) Nodes · Monitorix");
  expect(numbered("(3) Nodes · Monitorix", 12)).toBe("(12) Nodes · Monitorix");
  expect(numbered("(12) Nodes · Monitorix", 0)).toBe("Nodes · Monitorix");
});
