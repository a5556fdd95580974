// The fleet as of now, as the live streams tell it. Each delta makes a new map, but what it did not touch keeps its
// identity: who selects one guest hears of that guest alone.
import { create } from "zustand";
import type { components } from "../api/schema.gen";

type Schemas = components["schemas"];
export type Stream = Schemas["LiveStream"];
export type Overview = Schemas["LiveOverviewItem"];

export interface World {
  clusters: ReadonlyMap<string, Schemas["Cluster"]>;
  nodes: ReadonlyMap<string, Schemas["Node"]>;
  vms: ReadonlyMap<string, Schemas["Vm"]>;
  storages: ReadonlyMap<string, Schemas["Storage"]>;
  services: ReadonlyMap<string, Schemas["Service"]>;
  /** Those that are not over. */
  incidents: ReadonlyMap<string, Schemas["Incident"]>;
  overview: ReadonlyMap<string, Overview>;
  /** Grows when guests come or go, not when they change. */
  vmMembership: number;
  /** Likewise of services. */
  serviceMembership: number;
  /** Per stream, grows with each message that changed something. */
  versions: Readonly<Record<Stream, number>>;
}

/** An item as it comes over the wire: whole in a snapshot, only its changed members in a delta. */
export interface Item {
  id: string;
}

const empty = (): World => ({
  clusters: new Map(),
  nodes: new Map(),
  vms: new Map(),
  storages: new Map(),
  services: new Map(),
  incidents: new Map(),
  overview: new Map(),
  vmMembership: 0,
  serviceMembership: 0,
  versions: { clusters: 0, nodes: 0, vms: 0, storages: 0, services: 0, incidents: 0, overview: 0 },
});

export const useWorld = create<World>()(empty);

export function clearWorld(): void {
  useWorld.setState(empty());
}

function put(stream: Stream, items: ReadonlyMap<string, Item>, didMembersChange: boolean): void {
  useWorld.setState((before) => ({
    // The wire is typed by the contract: a stream brings the objects of its name.
    ...({ [stream]: items } as Partial<World>),
    versions: { ...before.versions, [stream]: before.versions[stream] + 1 },
    vmMembership: before.vmMembership + (stream === "vms" && didMembersChange ? 1 : 0),
    serviceMembership: before.serviceMembership + (stream === "services" && didMembersChange ? 1 : 0),
  }));
}

/** The whole stream anew. An object that did not change keeps its identity. */
export function applySnapshot(stream: Stream, items: ReadonlyMap<string, Item>): void {
  const before: ReadonlyMap<string, Item> = useWorld.getState()[stream];
  const next = new Map<string, Item>();
  let didMembersChange = before.size !== items.size;
  for (const [id, item] of items) {
    const old = before.get(id);
    didMembersChange ||= old === undefined;
    next.set(id, old !== undefined && isSame(old, item) ? old : item);
  }
  put(stream, next, didMembersChange);
}

export function applyDelta(stream: Stream, set: readonly Item[], removed: readonly string[]): void {
  const before: ReadonlyMap<string, Item> = useWorld.getState()[stream];
  const next = new Map(before);
  let didMembersChange = false;
  for (const changed of set) {
    const old = next.get(changed.id);
    didMembersChange ||= old === undefined;
    next.set(changed.id, old === undefined ? changed : { ...old, ...changed });
  }
  for (const id of removed) didMembersChange = next.delete(id) || didMembersChange;
  put(stream, next, didMembersChange);
}

const isSame = (one: Item, other: Item): boolean => JSON.stringify(one) === JSON.stringify(other);
