// What needs a person, worst and newest first. A node below a cluster that we cannot reach is not counted twice.
import { clusterAdvice, clusterLook, type Look, nodeAdvice, nodeLook, storageLook } from "../../fleet/look";
import type { Cluster, Node, Service, Storage, Vm } from "../../fleet/nouns";
import { serviceLook } from "../../fleet/services/look";

export interface Finding {
  key: string;
  look: Look;
  name: string;
  place: string;
  to: string;
  /** Key of the sentence, below fleet: */
  advice: string | null;
  ratio: number | null;
  since: string | null;
}

export interface Summary {
  total_vms: number;
  running_vms: number;
}

export interface Fleet {
  clusters: readonly Cluster[];
  nodes: readonly Node[];
  storages: readonly Storage[];
  vms: readonly Vm[];
  services: readonly Service[];
}

const WEIGHT: Record<Look["tone"], number> = { crit: 0, warn: 1, unknown: 2, off: 3, ok: 4 };
const EXPLAINED_BY_CLUSTER = new Set<Node["status_reason"]>(["cluster_unreachable", "auth_failed", "tls_mismatch"]);

export function findingsOf(fleet: Fleet): Finding[] {
  const findings: Finding[] = [];
  const names = new Map(fleet.clusters.map((cluster) => [cluster.id, cluster.name]));
  for (const cluster of fleet.clusters) {
    const look = clusterLook(cluster);
    if (cluster.maintenance_mode || (look.tone !== "crit" && look.tone !== "warn")) continue;
    const advice = clusterAdvice(cluster);
    findings.push({
      key: `cluster:${cluster.id}`,
      look,
      name: cluster.name,
      place: "",
      to: `/clusters/${cluster.id}`,
      advice,
      ratio: null,
      since: cluster.state === "unreachable" ? cluster.last_poll_at : null,
    });
  }
  for (const node of fleet.nodes) {
    const look = nodeLook(node);
    const isOurs = look.tone === "crit" || look.tone === "warn";
    if (!isOurs || node.maintenance_mode || EXPLAINED_BY_CLUSTER.has(node.status_reason)) continue;
    findings.push({
      key: `node:${node.id}`,
      look,
      name: node.name,
      place: names.get(node.cluster_id) ?? "",
      to: `/nodes/${node.id}`,
      advice: nodeAdvice(node),
      ratio: null,
      since: node.status_since,
    });
  }
  for (const storage of fleet.storages) {
    const look = storageLook(storage);
    if (look.tone !== "crit" && look.tone !== "warn") continue;
    findings.push({
      key: `storage:${storage.id}`,
      look,
      name: storage.name,
      place: names.get(storage.cluster_id) ?? "",
      to: `/storages/${storage.id}`,
      advice: storage.state === "inactive" ? "storage.advice.inactive" : "storage.advice.filling",
      ratio: storage.used_ratio,
      since: storage.state === "inactive" ? storage.status_since : null,
    });
  }
  for (const vm of fleet.vms) {
    if (vm.status !== "missing" && !(vm.status === "stopped" && vm.stopped_by === "unexpected")) continue;
    const advice = vm.status === "missing" ? "guest.advice.missing" : "guest.advice.crashed";
    findings.push({
      key: `vm:${vm.id}`,
      look: vm.status === "missing" ? { tone: "warn", word: "guest.state.missing" } : { tone: "crit", word: "guest.state.crashed" },
      name: vm.name,
      place: names.get(vm.cluster_id) ?? "",
      to: `/vms/${vm.id}`,
      advice,
      ratio: null,
      since: vm.status_since,
    });
  }
  // What is down because of something else is explained by that; who knows of the work on it needs no word of it.
  for (const service of fleet.services) {
    if ((service.status !== "down" && service.status !== "warning") || service.maintenance_mode) continue;
    findings.push({
      key: `service:${service.id}`,
      look: serviceLook(service),
      name: service.name,
      place: service.target,
      to: `/services/${service.id}`,
      advice: null,
      ratio: null,
      since: service.status_since,
    });
  }
  return findings.sort(
    (a, b) => WEIGHT[a.look.tone] - WEIGHT[b.look.tone] || (b.since ?? "").localeCompare(a.since ?? "") || a.name.localeCompare(b.name),
  );
}

export interface GuestCounts {
  running: number;
  stopped: number;
  paused: number;
  unclear: number;
  total: number;
}

export function countGuests(vms: Iterable<Vm>): GuestCounts {
  const counts: GuestCounts = { running: 0, stopped: 0, paused: 0, unclear: 0, total: 0 };
  for (const vm of vms) {
    if (vm.is_template || vm.status === "deleted") continue;
    counts.total += 1;
    if (vm.status === "running") counts.running += 1;
    else if (vm.status === "stopped") counts.stopped += 1;
    else if (vm.status === "paused") counts.paused += 1;
    else counts.unclear += 1;
  }
  return counts;
}

/** As the server counts them, until the guests themselves are here. */
export function countsOf(summary: Summary | undefined): GuestCounts {
  const running = summary?.running_vms ?? 0;
  const total = summary?.total_vms ?? 0;
  return { running, stopped: total - running, paused: 0, unclear: 0, total };
}

export interface Change {
  key: string;
  look: Look;
  name: string;
  to: string;
  since: string;
}

/** What was in this state when we first saw it has not changed before our eyes. */
const hasChanged = (object: { status_since: string; created_at: string }): boolean => object.status_since !== object.created_at;

/** The newest changes of state among nodes and guests. */
export function recentChanges(nodes: readonly Node[], vms: readonly Vm[], guestLookOf: (vm: Vm) => Look, most = 8): Change[] {
  const changes: Change[] = [];
  for (const node of nodes.filter(hasChanged))
    changes.push({ key: `node:${node.id}`, look: nodeLook(node), name: node.name, to: `/nodes/${node.id}`, since: node.status_since });
  // Only the newest few of ten thousand are wanted: keep a short sorted list instead of sorting all.
  const newest: Vm[] = [];
  for (const vm of vms) {
    if (vm.is_template || vm.status === "deleted" || !hasChanged(vm)) continue;
    const last = newest[most - 1];
    if (last && last.status_since >= vm.status_since) continue;
    let place = newest.length;
    while (place > 0 && (newest[place - 1]?.status_since ?? "") < vm.status_since) place -= 1;
    newest.splice(place, 0, vm);
    if (newest.length > most) newest.pop();
  }
  for (const vm of newest)
    changes.push({ key: `vm:${vm.id}`, look: guestLookOf(vm), name: vm.name, to: `/vms/${vm.id}`, since: vm.status_since });
  return changes.sort((a, b) => b.since.localeCompare(a.since)).slice(0, most);
}
