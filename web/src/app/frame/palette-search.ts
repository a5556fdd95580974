// Which objects fit what was typed. Pure, and fast enough for ten thousand guests at each key.
import type { World } from "../../live/world";

export type Group = "clusters" | "nodes" | "guests" | "storages" | "services";

export interface Found {
  group: Group;
  path: string;
  name: string;
  where: string;
}

type Names = Pick<World, "clusters" | "nodes" | "vms" | "storages" | "services">;

const MOST: Record<Group, number> = { clusters: 4, nodes: 6, guests: 8, storages: 5, services: 8 };

export const fits = (text: string, wanted: string): boolean => text.toLowerCase().includes(wanted.toLowerCase());

/** Equal before beginning before middle; null = does not fit. */
function rankOf(name: string, wanted: string): number | null {
  const at = name.toLowerCase().indexOf(wanted);
  if (at === -1) return null;
  if (name.length === wanted.length) return 0;
  return at === 0 ? 1 : 2;
}

interface Candidate {
  found: Found;
  rank: number;
}

export function search(line: string, world: Names): Found[] {
  const wanted = line.toLowerCase();
  if (wanted === "") return [];
  const cluster = (id: string) => world.clusters.get(id)?.name ?? "";
  const node = (id: string | null) => (id === null ? "" : (world.nodes.get(id)?.name ?? ""));
  const where = (...parts: (string | number)[]) => parts.filter((part) => part !== "").join(" / ");
  const all: Record<Group, Candidate[]> = { clusters: [], nodes: [], guests: [], storages: [], services: [] };
  const take = (group: Group, path: string, name: string, ranks: readonly (number | null)[], place: () => string) => {
    const known = ranks.filter((rank) => rank !== null);
    if (known.length > 0) all[group].push({ found: { group, path, name, where: place() }, rank: Math.min(...known) });
  };

  for (const one of world.clusters.values()) take("clusters", `/clusters/${one.id}`, one.name, [rankOf(one.name, wanted)], () => "");
  for (const one of world.nodes.values())
    take("nodes", `/nodes/${one.id}`, one.name, [rankOf(one.name, wanted)], () => cluster(one.cluster_id));
  for (const one of world.vms.values()) {
    if (one.status === "deleted") continue;
    const ranks = [rankOf(one.name, wanted), rankOf(String(one.vmid), wanted)];
    take("guests", `/vms/${one.id}`, one.name, ranks, () => where(cluster(one.cluster_id), node(one.node_id), one.vmid));
  }
  for (const one of world.storages.values())
    take("storages", `/storages/${one.id}`, one.name, [rankOf(one.name, wanted)], () => cluster(one.cluster_id));

  for (const one of world.services.values())
    take("services", `/services/${one.id}`, one.name, [rankOf(one.name, wanted), rankOf(one.target, wanted)], () => one.target);

  return (Object.keys(all) as Group[]).flatMap((group) => best(all[group], MOST[group]));
}

function best(candidates: Candidate[], most: number): Found[] {
  candidates.sort((a, b) => a.rank - b.rank || a.found.name.localeCompare(b.found.name, undefined, { numeric: true }));
  return candidates.slice(0, most).map((candidate) => candidate.found);
}
