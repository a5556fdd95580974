// Which status shape a service wears, and how urgent it is. Pure.
import type { Look, Tone } from "../look";
import type { Service } from "../nouns";

const TONES: Record<Service["status"], Tone> = {
  up: "ok",
  warning: "warn",
  down: "crit",
  unreachable: "crit",
  unknown: "unknown",
  paused: "off",
};

export const statusLook = (status: Service["status"]): Look => ({
  tone: TONES[status] ?? "unknown",
  word: `service.state.${status}`,
});

export const serviceLook = (service: Pick<Service, "status" | "phase">): Look =>
  service.phase === "fresh" && service.status === "unknown" ? { tone: "unknown", word: "service.state.fresh" } : statusLook(service.status);

const RANKS: Record<Service["status"], number> = { down: 0, unreachable: 1, warning: 2, unknown: 3, up: 4, paused: 5 };
/** The worst first. */
export const statusRank = (status: Service["status"]): number => RANKS[status] ?? 3;

/** Not decided yet: one failed, or one was good again. */
export const isUndecided = (service: Pick<Service, "phase">): boolean => service.phase === "soft_down" || service.phase === "soft_up";

/** Host and port, an address without what everyone writes before it, or the name to look up. */
export function targetText(service: Pick<Service, "type" | "target" | "port">): string {
  const bare = service.target.replace(/^https?:\/\//, "").replace(/\/$/, "");
  if (service.port === null) return bare;
  return bare.includes(":") && !bare.startsWith("[") ? `[${bare}]:${service.port}` : `${bare}:${service.port}`;
}
