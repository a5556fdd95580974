// What the tokens of the services' search line mean (views/finder/terms.ts says how they are written).
import type { Service } from "../../../fleet/nouns";
import { isUndecided } from "../../../fleet/services/look";
import { isEmpty, parseTerms, type Terms } from "../../../views/finder/terms";

export const TOKEN_KEYS = ["status", "type", "guest", "node", "cluster", "tag", "is", "name", "target"] as const;
export type TokenKey = (typeof TOKEN_KEYS)[number];
export const MEASURES = ["ms", "uptime", "cert"] as const;
export type Measure = (typeof MEASURES)[number];
export type Search = Terms<TokenKey, Measure>;

export const parseSearch = (line: string): Search => parseTerms(line, TOKEN_KEYS, MEASURES);
export const isEmptySearch = (search: Search): boolean => isEmpty(search);

/** The names around a service, in lower case; empty where there is none. */
export interface Around {
  guest: string;
  node: string;
  cluster: string;
}

export function traitsOf(service: Service): string[] {
  return [
    ...(service.maintenance_mode ? ["maintenance"] : []),
    ...(service.is_active ? [] : ["paused"]),
    ...(isUndecided(service) ? ["undecided"] : []),
    ...(service.vm_id === null && service.node_id === null && service.cluster_id === null && service.storage_id === null ? ["alone"] : []),
  ];
}

function holds(key: TokenKey, wanted: string, service: Service, around: Around): boolean {
  switch (key) {
    case "status":
      return service.status === wanted;
    case "type":
      return service.type === wanted;
    case "tag":
      return service.tags.some((tag) => tag.toLowerCase() === wanted);
    case "is":
      return traitsOf(service).includes(wanted);
    case "name":
      return service.name.toLowerCase().includes(wanted);
    case "target":
      return service.target.toLowerCase().includes(wanted);
    default:
      return around[key] === wanted;
  }
}

const DAY_MS = 86_400_000;

function measured(measure: Measure, service: Service, now: number): number | null {
  if (measure === "ms") return service.response_time;
  if (measure === "uptime") return service.uptime_month.uptime_percent;
  return service.certificate_expires_at === null ? null : (Date.parse(service.certificate_expires_at) - now) / DAY_MS;
}

export function isFound(search: Search, service: Service, around: Around, now: number): boolean {
  for (const key of TOKEN_KEYS) {
    const wanted = search.values[key];
    if (wanted && !wanted.some((value) => holds(key, value, service, around))) return false;
  }
  for (const { measure, above, number } of search.limits) {
    const value = measured(measure, service, now);
    if (value === null || (above ? value <= number : value >= number)) return false;
  }
  return search.words.every(
    (word) =>
      service.name.toLowerCase().includes(word) ||
      service.target.toLowerCase().includes(word) ||
      around.guest.includes(word) ||
      String(service.port) === word ||
      service.tags.some((tag) => tag.toLowerCase().includes(word)),
  );
}
