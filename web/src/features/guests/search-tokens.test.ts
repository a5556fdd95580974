import { describe, expect, it } from "vitest";
import { completionsFor } from "../../views/finder/completion";
import { toggleToken } from "../../views/finder/terms";
import { isEmptySearch, isFound, parseSearch, type Searchable } from "./search-tokens";

const guest: Searchable = {
  node: "pve1",
  cluster: "oslo",
  status: "running",
  type: "qemu",
  tags: ["prod", "web"],
  pool: "shop",
  is: ["unprotected"],
  name: "web-00006",
  vmid: "106",
  addresses: ["10.0.12.40", "2001:db8:10::40"],
  has: ["agent"],
  cpuPercent: 41.2,
  memPercent: null,
};
const finds = (line: string): boolean => isFound(parseSearch(line), guest);

describe("the search line", () => {
  it("finds what is not safely backed up", () => {
    expect(finds("is:unprotected")).toBe(true);
    expect(finds("is:other")).toBe(false);
  });
  it("finds everything when it is empty", () => {
    expect(isEmptySearch(parseSearch("  "))).toBe(true);
    expect(finds("")).toBe(true);
  });
  it("joins different keys with and, values of one key with or", () => {
    expect(finds("node:pve1 status:running")).toBe(true);
    expect(finds("node:pve1 status:stopped")).toBe(false);
    expect(finds("status:stopped status:running")).toBe(true);
  });
  it("compares CPU and memory with a limit, and never finds the unknown", () => {
    expect(finds("cpu>40")).toBe(true);
    expect(finds("cpu<40")).toBe(false);
    expect(finds("cpu>41,5")).toBe(false);
    expect(finds("mem<100")).toBe(false);
  });
  it("searches words in names and tags, and whole numbers as the VMID", () => {
    expect(finds("WEB-0")).toBe(true);
    expect(finds("106")).toBe(true);
    expect(finds("06")).toBe(true);
    expect(finds("mail")).toBe(false);
  });
  it("searches addresses by any part that looks like one, and whether the agent answers", () => {
    expect(finds("10.0.12")).toBe(true);
    expect(finds("2001:DB8:")).toBe(true);
    expect(finds("10.0.13.")).toBe(false);
    expect(finds("40")).toBe(false);
    expect(finds("has:agent")).toBe(true);
    expect(finds("has:backup")).toBe(false);
  });
  it("takes a quoted value with spaces, and ignores a key without value", () => {
    expect(parseSearch('pool:"front end" node:').values).toEqual({ pool: ["front end"] });
  });
  it("treats an unknown key as a plain word", () => {
    expect(parseSearch("http://x").words).toEqual(["http://x"]);
  });
  it("adds a token once and takes it away again", () => {
    expect(toggleToken("web", "tag:prod")).toBe("web tag:prod");
    expect(toggleToken("web tag:prod", "tag:prod")).toBe("web");
  });
});

describe("completion", () => {
  const known = {
    node: ["pve1", "pve10", "backup pve"],
    cluster: ["oslo"],
    status: ["running"],
    type: [],
    tag: [],
    pool: [],
    is: [],
    has: ["agent"],
  };
  it("offers keys, then the values that exist", () => {
    expect(completionsFor("cl", known, ["cpu>", "mem>"])[0]).toEqual({ token: "cluster:", line: "cluster:" });
    expect(completionsFor("web node:pve1", known, ["cpu>", "mem>"]).map((c) => c.line)).toEqual(["web node:pve10 "]);
  });
  it("quotes a value with a space and puts values that begin so first", () => {
    expect(completionsFor("node:pve", known, ["cpu>", "mem>"]).map((c) => c.token)).toEqual([
      "node:pve1",
      "node:pve10",
      'node:"backup pve"',
    ]);
  });
  it("offers nothing on an empty piece", () => {
    expect(completionsFor("web ", known, ["cpu>", "mem>"])).toEqual([]);
  });
});
