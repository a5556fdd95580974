// All guests of the fleet, live: search tokens, sorting and selection; the address holds what is asked.
import { useDeferredValue, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { useNumbers } from "../../fleet/numbers";
import { useWords } from "../../fleet/words";
import { useNames, useStream, useVmCount, useVmValues } from "../../fleet/world";
import { Edges, EmptyNote } from "../../parts/edges";
import { PageHead } from "../../parts/panel";
import { SearchBox } from "../../views/finder/search-box";
import { useAskedList } from "../../views/finder/use-asked";
import { useGridKeys } from "../../views/finder/use-grid-keys";
import { GuestGrid } from "./guest-grid";
import { FIRST_SORTING, parseSorting } from "./guest-order";
import styles from "./guests-page.module.css";
import { useGuestList } from "./use-guest-list";

const CHIPS = ["status:stopped", "status:unknown", "type:lxc", "cpu>60", "mem>80"];
const MEASURES = ["cpu>", "mem>"];
const STATUSES = ["running", "stopped", "paused", "unknown", "missing", "template", "deleted"];

export function GuestsPage() {
  const t = useWords();
  const navigate = useNavigate();
  const stream = useStream("vms", "nodes", "clusters");
  const numbers = useNumbers();
  const names = useNames();
  const values = useVmValues();
  const total = useVmCount();
  const { line, sorting, setLine, setSorting } = useAskedList(parseSorting, FIRST_SORTING);
  const { ids, hold } = useGuestList(useDeferredValue(line), sorting);
  const [current, setCurrent] = useState(-1);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const input = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const known = useMemo(
    () => ({
      node: Object.values(names.nodes),
      cluster: Object.values(names.clusters),
      status: STATUSES,
      type: ["qemu", "lxc"],
      ...values,
      is: ["unprotected"],
      name: [],
      has: ["agent"],
    }),
    [values, names],
  );
  useGridKeys({
    count: ids.length,
    current,
    move: (to) => {
      setCurrent(to);
      grid.current?.focus({ preventScroll: true });
    },
    open: () => void navigate(`/vms/${ids[current] ?? ""}`),
    select: () => {
      const id = ids[current];
      const next = new Set(selected);
      if (id !== undefined && !next.delete(id)) next.add(id);
      setSelected(next);
    },
    search: () => input.current?.focus(),
  });
  const hint = total > 0 && (
    <>
      {t("count.shown", { shown: numbers.count(ids.length), total: numbers.count(total) })}
      {selected.size > 0 && ` · ${t("guests.selected", { count: selected.size })}`}
    </>
  );
  return (
    <div className={styles.page}>
      <PageHead title={t("guests.title")} hint={hint} />
      <SearchBox
        line={line}
        onLine={setLine}
        known={known}
        measures={MEASURES}
        chips={CHIPS}
        label={t("guests.search")}
        placeholder={t("guests.placeholder")}
        input={input}
      />
      <Edges stream={stream} isEmpty={total === 0} empty={<EmptyNote title={t("guests.empty")} detail={t("guests.emptyDetail")} connect />}>
        {ids.length === 0 ? (
          <EmptyNote title={t("guests.noMatch")} action={{ word: t("guests.clear"), run: () => setLine("") }} />
        ) : (
          <GuestGrid
            ids={ids}
            current={current}
            selected={selected}
            onPoint={setCurrent}
            onHold={hold}
            grid={grid}
            sorting={sorting}
            onSort={setSorting}
          />
        )}
      </Edges>
    </div>
  );
}
