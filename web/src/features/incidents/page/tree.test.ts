import { expect, it } from "vitest";
import type { Alert } from "../../../fleet/nouns";
import { type Branch, treeOf } from "./tree";

const alert = (id: string, cause: string | null = null) => ({ id, root_cause_id: cause }) as Alert;
const drawn = (branches: readonly Branch[]): string =>
  branches.map(({ alert, below }) => (below.length > 0 ? `${alert.id}(${drawn(below)})` : alert.id)).join(" ");

it("puts what hangs on a cause below it, and the cause first", () => {
  expect(drawn(treeOf([alert("guest", "node"), alert("odd"), alert("node"), alert("web", "guest")], "node"))).toBe("node(guest(web)) odd");
});

it("leaves nobody out whose cause is not here", () => {
  expect(drawn(treeOf([alert("1", "gone"), alert("2")], "2"))).toBe("2 1");
});

it("does not walk in a circle", () => {
  expect(drawn(treeOf([alert("1", "2"), alert("2", "1"), alert("3", "3")], null))).toBe("1 2 3");
});
