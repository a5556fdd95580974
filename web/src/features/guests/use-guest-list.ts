// The ids on the page: arranged anew when the search, the sorting or the fleet's membership changes and every ten
// seconds, but never under a pointer that is reading.
import { useMemo, useRef } from "react";
import { allVms, type NameTable, useNames, useVmMembership } from "../../fleet/world";
import { useTurns } from "../../views/finder/use-turns";
import { arrange, mergeHeld, type Places, type Sorting } from "./guest-order";
import { parseSearch } from "./search-tokens";

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
  const { turn, isHeld, hold } = useTurns();
  const shown = useRef<{ asked: string; ids: string[] }>({ asked: "", ids: [] });

  const ids = useMemo(() => {
    // The turn and the membership are only reasons to look again.
    void turn;
    void membership;
    const asked = `${sorting.key} ${sorting.down} ${scope ?? ""} ${line}`;
    const vms = scope === undefined ? allVms() : [...allVms()].filter((vm) => vm.node_id === scope);
    const fresh = arrange(vms, parseSearch(line), sorting, placesOf(names));
    const isSame = isHeld() && shown.current.asked === asked;
    shown.current = { asked, ids: isSame ? mergeHeld(shown.current.ids, fresh) : fresh };
    return shown.current.ids;
  }, [line, sorting, scope, names, membership, turn, isHeld]);

  return { ids, hold };
}
