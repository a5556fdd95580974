import { expect, it } from "vitest";
import { bodyOf, draftOf, EVERYTHING, isEverything, listsFor, ofType } from "./selector";

it("sends only what narrows it down", () => {
  expect(bodyOf(EVERYTHING)).toEqual({});
  expect(bodyOf({ ...EVERYTHING, type: "guest", tags: ["db"] })).toEqual({ type: "guest", tags: ["db"] });
});

it("keeps every choice of what the server answered", () => {
  const selector = { type: "guest" as const, cluster_ids: ["1"], vm_ids: ["4", "5"], pools: ["shop"], tags: ["db"] };
  expect(bodyOf(draftOf(selector))).toEqual(selector);
  expect(isEverything(draftOf({}))).toBe(true);
  expect(isEverything(draftOf(selector))).toBe(false);
});

it("drops the objects of the old type with the type, not the clusters", () => {
  const guests = { ...EVERYTHING, type: "guest" as const, cluster_ids: ["1"], vm_ids: ["4"] };
  expect(bodyOf(ofType(guests, "node"))).toEqual({ type: "node", cluster_ids: ["1"] });
  expect(listsFor("monitor")).toEqual([]);
});
