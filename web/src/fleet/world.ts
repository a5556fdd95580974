// What the fleet pages see of the live world: one object, a list by name, names, membership. The only file of theirs
// that knows the shape of live/.
import { type CSSProperties, useMemo } from "react";
import { useRole } from "../api/session";
import { type Stream, useStreams } from "../live/use-live";
import { type Overview, useWorld } from "../live/world";
import type { Cluster, Node, Storage, Vm } from "./nouns";
import { RecentCpu } from "./recent";

export interface StreamState {
  phase: "loading" | "ready" | "failed" | "forbidden";
  isStale: boolean;
}

/** Subscribes while the page is there; several streams are as ready as the least ready of them. */
export const useStream = (...streams: Stream[]): StreamState => useStreams(streams);

const byName = (a: { name: string; id: string }, b: { name: string; id: string }): number =>
  a.name.localeCompare(b.name, undefined, { numeric: true }) || a.id.localeCompare(b.id);

export const useVm = (id: string): Vm | undefined => useWorld((world) => world.vms.get(id));
export const useNode = (id: string): Node | undefined => useWorld((world) => world.nodes.get(id));
export const useCluster = (id: string): Cluster | undefined => useWorld((world) => world.clusters.get(id));
/** The fleet in numbers, there before its ten thousand guests are. */
export const useOverview = (): Overview | undefined => useWorld((world) => world.overview.get("overview"));
export const useStorage = (id: string): Storage | undefined => useWorld((world) => world.storages.get(id));

export const useNodeName = (id: string | null): string => useWorld((world) => (id === null ? "" : (world.nodes.get(id)?.name ?? "")));
export const useClusterName = (id: string): string => useWorld((world) => world.clusters.get(id)?.name ?? "");

function useSorted<T extends { name: string; id: string }>(all: ReadonlyMap<string, T>): readonly T[] {
  return useMemo(() => [...all.values()].sort(byName), [all]);
}
export const useClusters = (): readonly Cluster[] => useSorted(useWorld((world) => world.clusters));
export const useNodes = (): readonly Node[] => useSorted(useWorld((world) => world.nodes));
export const useStorages = (): readonly Storage[] => useSorted(useWorld((world) => world.storages));

/** All guests as of now, without listening: ten thousand change too often for that. */
export const allVms = (): Iterable<Vm> => useWorld.getState().vms.values();
/** Of a guest as of now; empty when it is not known. */
export const vmName = (id: string | null): string => (id === null ? "" : (useWorld.getState().vms.get(id)?.name ?? ""));
/** Grows when guests come or go, not when they change. */
export const useVmMembership = (): number => useWorld((world) => world.vmMembership);
export const useVmCount = (): number => useWorld((world) => world.vms.size);

export function useVmsOfNode(nodeId: string): readonly Vm[] {
  const vms = useWorld((world) => world.vms);
  return useMemo(() => [...vms.values()].filter((vm) => vm.node_id === nodeId && vm.status !== "deleted"), [vms, nodeId]);
}

export interface NameTable {
  nodes: Record<string, string>;
  clusters: Record<string, string>;
}

/** Names by id. They rarely change, so the table keeps its identity until one does. */
export function useNames(): NameTable {
  const nodes = useWorld((world) => [...world.nodes.values()].map((node) => `${node.id}\t${node.name}`).join("\n"));
  const clusters = useWorld((world) => [...world.clusters.values()].map((cluster) => `${cluster.id}\t${cluster.name}`).join("\n"));
  return useMemo(() => ({ nodes: tableOf(nodes), clusters: tableOf(clusters) }), [nodes, clusters]);
}
const tableOf = (lines: string): Record<string, string> =>
  Object.fromEntries(
    lines
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split("\t") as [string, string]),
  );

/** The colours that a cluster's administrators gave to tags in Proxmox VE. */
export type TagColourOf = (clusterId: string, tag: string) => CSSProperties | undefined;

/** For many guests at once: the same function for as long as no cluster chose otherwise. */
export function useTagColours(): TagColourOf {
  const lines = useWorld((world) =>
    [...world.clusters.values()]
      .flatMap((cluster) => cluster.tag_colours.map((one) => `${cluster.id} ${one.background} ${one.text} ${one.tag}`))
      .join("\n"),
  );
  return useMemo(() => {
    const styles = new Map<string, CSSProperties>();
    for (const line of lines.split("\n").filter(Boolean)) {
      const [cluster, background, text, ...tag] = line.split(" ");
      styles.set(`${cluster} ${tag.join(" ")}`, { background: `#${background}`, color: `#${text}` });
    }
    return (clusterId, tag) => styles.get(`${clusterId} ${tag}`);
  }, [lines]);
}

export interface VmValues {
  tag: readonly string[];
  pool: readonly string[];
}

/** Tags and pools that exist, for completion. */
export function useVmValues(): VmValues {
  const membership = useVmMembership();
  return useMemo(() => {
    void membership;
    const tags = new Set<string>();
    const pools = new Set<string>();
    for (const vm of allVms()) {
      for (const tag of [...vm.proxmox_tags, ...vm.tags]) tags.add(tag);
      if (vm.pool) pools.add(vm.pool);
    }
    return { tag: [...tags].sort(), pool: [...pools].sort() };
  }, [membership]);
}

const RANK = { viewer: 0, operator: 1, editor: 2, admin: 3 } as const;

/** Whether the person signed in has at least this role. The server decides; this only hides what it would refuse. */
export function useMay(role: keyof typeof RANK): boolean {
  const own = useRole();
  return own !== null && RANK[own] >= RANK[role];
}

export const recentCpu = new RecentCpu();
// Sparklines follow the world wherever one is shown; guests never seen on screen cost a look-up, nothing more.
useWorld.subscribe((world, before) => {
  if (world.vms === before.vms) return;
  for (const id of recentCpu.followed()) {
    const vm = world.vms.get(id);
    if (vm && vm !== before.vms.get(id)) recentCpu.add(id, vm.cpu_ratio);
  }
});
