// The ids on the page: arranged anew when the search, the sorting or the fleet's membership changes and every ten
// seconds, but never under a pointer that is reading.
import { useCallback, useEffect, useMemo, useReducer, useRef } from "react";
import { allVms, type NameTable, useNames, useVmMembership } from "../../fleet/world";
import { arrange, mergeHeld, type Places, type Sorting } from "./guest-order";
import { parseSearch } from "./search-tokens";

const RESORT_MS = 10_000;

const placesOf = (names: NameTable): Places => ({
  node: (id) => (id === null ? "" : (names.nodes[id] ?? "")),
  cluster: (id) => names.clusters[id] ?? "",
});

export interface GuestList {
  ids: readonly string[];
  hold: (held: boolean) => void;
}

export function useGuestList(line: string, sorting: Sorting, scope?: string): GuestList {
  const names = useNames();
  const membership = useVmMembership();
  const held = useRef(false);
  const shown = useRef<{ asked: string; ids: string[] }>({ asked: "", ids: [] });
  const [turn, nextTurn] = useReducer((n: number) => n + 1, 0);

  useEffect(() => {
    const timer = setInterval(() => {
      if (!held.current && !document.hidden) nextTurn();
    }, RESORT_MS);
    return () => clearInterval(timer);
  }, []);

  const ids = useMemo(() => {
    // The turn and the membership are only reasons to look again.
    void turn;
    void membership;
    const asked = `${sorting.key} ${sorting.down} ${scope ?? ""} ${line}`;
    const vms = scope === undefined ? allVms() : [...allVms()].filter((vm) => vm.node_id === scope);
    const fresh = arrange(vms, parseSearch(line), sorting, placesOf(names));
    const isSame = held.current && shown.current.asked === asked;
    shown.current = { asked, ids: isSame ? mergeHeld(shown.current.ids, fresh) : fresh };
    return shown.current.ids;
  }, [line, sorting, scope, names, membership, turn]);

  const hold = useCallback((isHeld: boolean) => {
    held.current = isHeld;
  }, []);
  return { ids, hold };
}
