// The entries on the page: arranged anew when what is asked or the membership changes and every ten seconds, but never
// under a pointer that is reading.
import { useMemo, useRef } from "react";
import type { Service } from "../../../fleet/nouns";
import { allServices, placeOf, SUBJECT_PATHS, subjectOf, useServiceMembership } from "../../../fleet/services/world";
import { type NameTable, useNames, useVmMembership, vmName } from "../../../fleet/world";
import { useTurns } from "../../../views/finder/use-turns";
import { arrange, type Entry, type Grouping, grouped, mergeHeld, type Places, type Sorting } from "./service-order";
import { parseSearch } from "./service-search";

const placesOf = (names: NameTable): Places => ({
  around: (service) => {
    const { node, cluster } = placeOf(service);
    return {
      guest: vmName(service.vm_id).toLowerCase(),
      node: node === null ? "" : (names.nodes[node] ?? "").toLowerCase(),
      cluster: cluster === null ? "" : (names.clusters[cluster] ?? "").toLowerCase(),
    };
  },
  group: (service: Service, by) => {
    if (by === "guest") {
      const subject = subjectOf(service);
      return subject?.kind === "vm" ? { name: vmName(subject.id), to: `${SUBJECT_PATHS.vm}/${subject.id}` } : null;
    }
    const { node } = placeOf(service);
    return node === null ? null : { name: names.nodes[node] ?? "–", to: `${SUBJECT_PATHS.node}/${node}` };
  },
});

export interface ServiceList {
  entries: readonly Entry[];
  /** How many services fit. */
  count: number;
  hold: (held: boolean) => void;
}

export function useServiceList(line: string, sorting: Sorting, by: Grouping): ServiceList {
  const names = useNames();
  const membership = useServiceMembership();
  const guests = useVmMembership();
  const { turn, isHeld, hold } = useTurns();
  const shown = useRef<{ asked: string; entries: Entry[] }>({ asked: "", entries: [] });

  const list = useMemo(() => {
    // The turn and the memberships are only reasons to look again.
    void turn;
    void membership;
    void guests;
    const asked = `${sorting.key} ${sorting.down} ${by} ${line}`;
    const places = placesOf(names);
    const found = arrange(allServices(), parseSearch(line), sorting, places, Date.now());
    const fresh = grouped(found, by, places);
    const isSame = isHeld() && shown.current.asked === asked;
    shown.current = { asked, entries: isSame ? mergeHeld(shown.current.entries, fresh) : fresh };
    return { entries: shown.current.entries, count: found.length };
  }, [line, sorting, by, names, membership, guests, turn, isHeld]);

  return { ...list, hold };
}
