import { describe, expect, it } from "vitest";
import services from "../../../../../contract/examples/listServices.json";
import type { Service } from "../../../fleet/nouns";
import { isFound, parseSearch } from "./service-search";

const [first] = services as Service[];
const NOW = Date.parse("2026-11-23T12:00:00Z");
const around = { guest: "web-1", node: "pve1", cluster: "oslo" };
const finds = (line: string, part: Partial<Service> = {}) => isFound(parseSearch(line), { ...first, ...part } as Service, around, NOW);

describe("searching services", () => {
  it("knows tokens, and several values of one key mean or", () => {
    expect(finds("status:up type:https tag:SHOP")).toBe(true);
    expect(finds("status:down status:up")).toBe(true);
    expect(finds("status:down")).toBe(false);
    expect(finds("guest:web-1 node:pve1 cluster:oslo")).toBe(true);
    expect(finds("node:pve2")).toBe(false);
  });
  it("measures latency, uptime and the days of a certificate; what is not known fits no limit", () => {
    expect(finds("ms>20")).toBe(true);
    expect(finds("ms>500")).toBe(false);
    expect(finds("ms>1", { response_time: null })).toBe(false);
    expect(finds("uptime<99.99")).toBe(true);
    expect(finds("cert<60")).toBe(true);
    expect(finds("cert<30")).toBe(false);
    expect(finds("cert<30", { certificate_expires_at: null })).toBe(false);
  });
  it("finds words in names, targets, tags and the name of the guest, and a port by its number", () => {
    expect(finds("example.org")).toBe(true);
    expect(finds("web-1")).toBe(true);
    expect(finds("5432", { port: 5432 })).toBe(true);
    expect(finds("543", { port: 5432 })).toBe(false);
  });
  it("knows what is special about one", () => {
    expect(finds("is:maintenance", { maintenance_mode: true })).toBe(true);
    expect(finds("is:undecided", { phase: "soft_down" })).toBe(true);
    expect(finds("is:alone")).toBe(false);
  });
});
