// Which of the five status shapes a state of the fleet wears, and the key of its word. Pure.
import type { Cluster, Endpoint, Node, Storage, Vm } from "./nouns";

export type Tone = "ok" | "warn" | "crit" | "off" | "unknown";

export interface Look {
  tone: Tone;
  /** Key below fleet: */
  word: string;
}

/** Of a connection, to a cluster or a backup server. */
export const CONNECTION: Record<Cluster["state"], Tone> = {
  connecting: "unknown",
  ok: "ok",
  degraded: "warn",
  unreachable: "crit",
  auth_failed: "crit",
  tls_mismatch: "crit",
  wrong_cluster: "crit",
  paused: "off",
};

const hasLostQuorum = (cluster: Cluster): boolean => cluster.quorate === false && (cluster.state === "ok" || cluster.state === "degraded");

export function clusterLook(cluster: Cluster): Look {
  if (cluster.powerless && cluster.state !== "paused") return { tone: "warn", word: "cluster.state.powerless" };
  if (hasLostQuorum(cluster)) return { tone: "crit", word: "cluster.state.unquorate" };
  return { tone: CONNECTION[cluster.state], word: `cluster.state.${cluster.state}` };
}

/** The key of the sentences that say what happened and what to do; null when all is well. */
export function clusterAdvice(cluster: Cluster): string | null {
  if (cluster.powerless && cluster.state !== "paused") return "cluster.advice.powerless";
  if (hasLostQuorum(cluster)) return "cluster.advice.unquorate";
  return cluster.state === "ok" ? null : `cluster.advice.${cluster.state}`;
}

const ENDPOINT: Record<Endpoint["state"], Tone> = {
  unknown: "unknown",
  ok: "ok",
  degraded: "warn",
  down: "crit",
  auth_failed: "crit",
  tls_mismatch: "crit",
  wrong_cluster: "crit",
};
export const endpointLook = (endpoint: Endpoint): Look => ({
  tone: ENDPOINT[endpoint.state],
  word: `endpoint.state.${endpoint.state}`,
});

export function nodeLook(node: Node): Look {
  if (node.missing) return { tone: "off", word: "node.state.missing" };
  if (node.status_reason === "checking") return { tone: "warn", word: "node.state.checking" };
  if (node.maintenance_mode && node.status === "online") return { tone: "off", word: "node.state.maintenance" };
  switch (node.status) {
    case "online": {
      const isDim = node.status_reason === "stale_statistics" || node.status_reason === "no_permission";
      return isDim ? { tone: "warn", word: `node.state.${node.status_reason}` } : { tone: "ok", word: "node.state.online" };
    }
    case "offline":
      return { tone: "crit", word: "node.state.offline" };
    case "unreachable":
      return { tone: "crit", word: "node.state.unreachable" };
    default:
      return { tone: "unknown", word: "node.state.unknown" };
  }
}

/** The key of the sentences about a node's reason; null when there is nothing to explain. */
export const nodeAdvice = (node: Node): string | null =>
  node.missing ? "node.advice.missing" : node.status_reason === "ok" ? null : `node.advice.${node.status_reason}`;

const GUEST: Record<Vm["status"], Tone> = {
  running: "ok",
  paused: "off",
  stopped: "off",
  unknown: "unknown",
  missing: "warn",
  deleted: "off",
};

export function guestLook(vm: Vm): Look {
  if (vm.is_template) return { tone: "off", word: "guest.state.template" };
  if (vm.status === "stopped" && vm.stopped_by === "unexpected") return { tone: "crit", word: "guest.state.crashed" };
  return { tone: GUEST[vm.status], word: `guest.state.${vm.status}` };
}

export const FILLING = 0.85;
export const FULL = 0.95;

/** How full is too full, for processors, memory and storages alike. */
export const fillTone = (ratio: number | null, warn = FILLING, critical = FULL): Tone =>
  ratio === null ? "unknown" : ratio >= critical ? "crit" : ratio >= warn ? "warn" : "ok";

export function storageLook(storage: Storage): Look {
  if (storage.state === "unknown") return { tone: "unknown", word: "storage.state.unknown" };
  if (storage.state === "inactive") return { tone: "crit", word: "storage.state.inactive" };
  const tone = fillTone(storage.used_ratio);
  if (tone === "crit") return { tone, word: "storage.state.full" };
  if (tone === "warn") return { tone, word: "storage.state.filling" };
  return { tone: "ok", word: "storage.state.available" };
}

export const ratioOf = (part: number | null, whole: number | null): number | null =>
  part === null || whole === null || whole <= 0 ? null : part / whole;
