// Which services are shown, in which order, under which heads. Pure, and quick enough for thousands of rows.
import type { Service } from "../../../fleet/nouns";
import { statusRank } from "../../../fleet/services/look";
import { type SortingBy, sortingOf } from "../../../views/finder/sorting";
import { type Around, isEmptySearch, isFound, type Search } from "./service-search";

export const SORT_KEYS = ["status", "name", "latency", "p95", "day", "month", "quarter"] as const;
export type SortKey = (typeof SORT_KEYS)[number];
export type Sorting = SortingBy<SortKey>;
/** The worst first. */
export const FIRST_SORTING: Sorting = { key: "status", down: false };

export const parseSorting = (text: string | null): Sorting => sortingOf(SORT_KEYS, FIRST_SORTING, text);

export const GROUPINGS = ["none", "guest", "node", "tag"] as const;
export type Grouping = (typeof GROUPINGS)[number];
export const parseGrouping = (text: string | null): Grouping => GROUPINGS.find((one) => one === text) ?? "none";

export interface GroupHead {
  name: string;
  /** Where its object is shown; null for a tag and for what has none. */
  to: string | null;
  count: number;
  down: number;
}

export type Entry = { key: string; id: string; head: null } | { key: string; id: null; head: GroupHead };

/** What is known around a service: names to search by, and the group it falls into. */
export interface Places {
  around: (service: Service) => Around;
  /** Of a guest or a node: its name as it is written, and its page. */
  group: (service: Service, by: "guest" | "node") => { name: string; to: string } | null;
}

const padded = (name: string): string => name.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, "0"));

function sortValue(service: Service, key: SortKey): string | number | null {
  switch (key) {
    case "status":
      return statusRank(service.status);
    case "name":
      return padded(service.name);
    case "latency":
      return service.response_time;
    case "p95":
      return service.response_time_p95;
    case "day":
      return service.uptime_day.uptime_percent;
    case "month":
      return service.uptime_month.uptime_percent;
    case "quarter":
      return service.uptime_quarter.uptime_percent;
  }
}

export function arrange(services: Iterable<Service>, search: Search, sorting: Sorting, places: Places, now: number): Service[] {
  const isAll = isEmptySearch(search);
  const rows: { service: Service; value: string | number | null; tie: string }[] = [];
  for (const service of services) {
    if (!isAll && !isFound(search, service, places.around(service), now)) continue;
    rows.push({ service, value: sortValue(service, sorting.key), tie: padded(service.name) });
  }
  const way = sorting.down ? -1 : 1;
  rows.sort((a, b) => {
    if (a.value !== b.value) {
      if (a.value === null) return 1;
      if (b.value === null) return -1;
      return a.value < b.value ? -way : way;
    }
    return a.tie < b.tie ? -1 : a.tie > b.tie ? 1 : a.service.id < b.service.id ? -1 : 1;
  });
  return rows.map((row) => row.service);
}

const isDown = (service: Service): boolean => service.status === "down" || service.status === "unreachable";

/** Rows under the head of their group; a service with several tags stands under each of them, without a group at the end. */
export function grouped(services: readonly Service[], by: Grouping, places: Places): Entry[] {
  if (by === "none") return services.map((service) => ({ key: service.id, id: service.id, head: null }));
  const groups = new Map<string, { name: string; to: string | null; members: Service[] }>();
  const alone: Service[] = [];
  const join = (name: string, to: string | null, service: Service) => {
    const group = groups.get(to ?? name) ?? { name, to, members: [] };
    group.members.push(service);
    groups.set(to ?? name, group);
  };
  for (const service of services) {
    if (by === "tag") {
      for (const tag of service.tags) join(tag, null, service);
      if (service.tags.length === 0) alone.push(service);
      continue;
    }
    const place = places.group(service, by);
    if (place) join(place.name, place.to, service);
    else alone.push(service);
  }
  const inOrder = [...groups.values()].sort((a, b) => (padded(a.name) < padded(b.name) ? -1 : 1));
  const entries: Entry[] = [];
  const put = (name: string, to: string | null, members: readonly Service[]) => {
    const own = to ?? name;
    entries.push({ key: `head ${own}`, id: null, head: { name, to, count: members.length, down: members.filter(isDown).length } });
    for (const member of members) entries.push({ key: `${own} ${member.id}`, id: member.id, head: null });
  };
  for (const { name, to, members } of inOrder) put(name, to, members);
  if (alone.length > 0) put("", null, alone);
  return entries;
}

/** New membership without moving what is being read: what is gone leaves, what is new comes at the end. */
export function mergeHeld(shown: readonly Entry[], fresh: readonly Entry[]): Entry[] {
  const byKey = new Map(fresh.map((entry) => [entry.key, entry]));
  const kept: Entry[] = [];
  for (const { key } of shown) {
    const entry = byKey.get(key);
    if (entry) kept.push(entry);
    byKey.delete(key);
  }
  return [...kept, ...byKey.values()];
}
