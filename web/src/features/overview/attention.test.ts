import { describe, expect, it } from "vitest";
import clusters from "../../../../contract/examples/listClusters.json";
import nodes from "../../../../contract/examples/listNodes.json";
import services from "../../../../contract/examples/listServices.json";
import storages from "../../../../contract/examples/listStorages.json";
import vms from "../../../../contract/examples/listVms.json";
import { guestLook } from "../../fleet/look";
import type { Cluster, Node, Service, Storage, Vm } from "../../fleet/nouns";
import { countGuests, findingsOf, recentChanges } from "./attention";

const fleet = {
  clusters: clusters.items as Cluster[],
  nodes: nodes as Node[],
  storages: storages.items as Storage[],
  vms: vms as Vm[],
  services: [] as Service[],
};

describe("what needs attention", () => {
  it("names clusters in trouble, dead nodes and storages nearly full, worst first", () => {
    const found = findingsOf(fleet);
    expect(found.map((f) => f.key)).toEqual(["node:12", "cluster:2", "cluster:3", "storage:1", "storage:3"]);
    expect(found[0]?.advice).toBe("node.advice.peer_cannot_reach");
  });
  it("does not count the nodes of a cluster that refuses our token a second time", () => {
    expect(findingsOf(fleet).some((f) => f.key === "node:21")).toBe(false);
  });
  it("says nothing about a node in maintenance", () => {
    const resting = fleet.nodes.map((node) => ({ ...node, maintenance_mode: true }));
    expect(findingsOf({ ...fleet, nodes: resting }).some((f) => f.key.startsWith("node:"))).toBe(false);
  });
  it("tells of a guest that stopped without anybody's order", () => {
    const crashed = fleet.vms.map((vm) => (vm.id === "105" ? { ...vm, stopped_by: "unexpected" as const } : vm));
    expect(findingsOf({ ...fleet, vms: crashed })[0]?.key).toMatch(/^(vm:105|node:12)$/);
  });
});

describe("services that need attention", () => {
  it("are those that are down by themselves, not those whose guest is down, nor those in maintenance", () => {
    const [first] = services as Service[];
    const of = (id: string, part: Partial<Service>) => ({ ...first, ...part, id }) as Service;
    const all = [
      of("a", { status: "down" }),
      of("b", { status: "unreachable" }),
      of("c", { status: "down", maintenance_mode: true }),
      of("d", { status: "unknown" }),
      of("e", { status: "warning" }),
    ];
    const keys = findingsOf({ ...fleet, services: all }).map((one) => one.key);
    expect(keys.filter((key) => key.startsWith("service:"))).toEqual(["service:a", "service:e"]);
  });
});

describe("counting guests", () => {
  it("leaves templates out and never calls unknown stopped", () => {
    expect(countGuests(fleet.vms)).toEqual({ running: 8, stopped: 1, paused: 0, unclear: 2, total: 11 });
  });
});

describe("recent changes", () => {
  it("are the newest of nodes and guests together", () => {
    const changes = recentChanges(fleet.nodes, fleet.vms, guestLook, 3);
    expect(changes.map((c) => c.name).sort()).toEqual(["build-00012", "db-00014", "pve12"]);
  });

  it("does not call it a change that we saw something for the first time", () => {
    const [seen] = fleet.vms as [Vm];
    const fresh = { ...seen, status_since: seen.created_at };
    expect(recentChanges([], [fresh], guestLook)).toEqual([]);
    expect(recentChanges([], [seen], guestLook)).toHaveLength(1);
  });
});
