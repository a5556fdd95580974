import { expect, it } from "vitest";
import clusters from "../../../../contract/examples/listClusters.json";
import nodes from "../../../../contract/examples/listNodes.json";
import services from "../../../../contract/examples/listServices.json";
import vms from "../../../../contract/examples/listVms.json";
import type { World } from "../../live/world";
import { fits, search } from "./palette-search";

const byId = <T extends { id: string }>(all: readonly T[]) => new Map(all.map((one) => [one.id, one]));
const [vm] = vms;
if (!vm) throw new Error("no guest in the examples");
const guest = (id: string, name: string, vmid: number, status = "running") => ({ ...vm, id, name, vmid, status });

const worldOf = (guests: ReturnType<typeof guest>[], own: typeof services = []) =>
  ({
    clusters: byId(clusters.items),
    nodes: byId(nodes),
    vms: byId(guests),
    storages: new Map(),
    services: byId(own),
  }) as unknown as World;

it("finds nothing for nothing", () => {
  expect(search("", worldOf([guest("a", "web", 100)]))).toEqual([]);
});

it("puts an equal name before a beginning before a middle", () => {
  const found = search("web", worldOf([guest("a", "old-web", 1), guest("b", "web-10", 2), guest("c", "web", 3), guest("d", "web-9", 4)]));
  expect(found.map((one) => one.name)).toEqual(["web", "web-9", "web-10", "old-web"]);
});

it("finds a guest by its number and says where it lives", () => {
  const [found] = search("4711", worldOf([guest("a", "mail", 4711)]));
  expect(found?.path).toBe("/vms/a");
  expect(found?.where).toMatch(/4711$/);
});

it("leaves deleted guests out", () => {
  expect(search("web", worldOf([guest("a", "web", 1, "deleted")]))).toEqual([]);
});

it("shows at most eight guests however many fit", () => {
  const many = Array.from({ length: 5000 }, (_, i) => guest(String(i), `web-${i}`, i));
  expect(search("web", worldOf(many)).filter((one) => one.group === "guests")).toHaveLength(8);
});

it("does not mind capitals", () => {
  expect(fits("Connect a cluster", "CLUS")).toBe(true);
});

it("finds a service by its name and by its target", () => {
  const world = worldOf([], services);
  expect(search("shop", world).map((found) => found.path)).toContain("/services/1");
  expect(search("10.20.0.12", world).map((found) => found.path)).toContain("/services/2");
});
