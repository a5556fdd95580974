// All services, live: search tokens, sorting, grouping, selection; the address holds what is asked.
import { useCallback, useDeferredValue, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { useNumbers } from "../../../fleet/numbers";
import { useServiceWords } from "../../../fleet/services/words";
import { allServices, useServiceCount, useServiceMembership } from "../../../fleet/services/world";
import { useMay, useNames, useStream, vmName } from "../../../fleet/world";
import { Edges, EmptyNote } from "../../../parts/edges";
import { LinkButton } from "../../../parts/order-button";
import { PageHead } from "../../../parts/panel";
import { SearchBox } from "../../../views/finder/search-box";
import { useAskedList } from "../../../views/finder/use-asked";
import { useGridKeys } from "../../../views/finder/use-grid-keys";
import { ListActions } from "./list-actions";
import { SelectionActions } from "./selection-actions";
import { ServiceGrid } from "./service-grid";
import { FIRST_SORTING, GROUPINGS, type Grouping, parseGrouping, parseSorting } from "./service-order";
import styles from "./services-page.module.css";
import { useServiceList } from "./use-service-list";

const CHIPS = ["status:down", "status:warning", "status:unknown", "is:maintenance", "cert<30"];
const MEASURES = ["ms>", "uptime<", "cert<"];
const STATUSES = ["up", "warning", "down", "unreachable", "unknown", "paused"];
const TYPES = ["http", "https", "ping", "port", "dns", "tls", "push", "composite", "custom"];
const TRAITS = ["maintenance", "paused", "undecided", "alone"];

function useAsked() {
  const { params, put, ...list } = useAskedList(parseSorting, FIRST_SORTING);
  return {
    ...list,
    by: parseGrouping(params.get("by")),
    setBy: useCallback((next: Grouping) => put("by", next === "none" ? null : next), [put]),
  };
}

/** What may stand behind a token: what the services and the fleet really have. */
function useKnown() {
  const names = useNames();
  const membership = useServiceMembership();
  return useMemo(() => {
    void membership;
    const tags = new Set<string>();
    const guests = new Set<string>();
    for (const service of allServices()) {
      for (const tag of service.tags) tags.add(tag);
      const guest = vmName(service.vm_id);
      if (guest) guests.add(guest);
    }
    return {
      status: STATUSES,
      type: TYPES,
      guest: [...guests].sort(),
      node: Object.values(names.nodes),
      cluster: Object.values(names.clusters),
      tag: [...tags].sort(),
      is: TRAITS,
      name: [],
      target: [],
    };
  }, [names, membership]);
}

function GroupingChoice({ by, onBy }: { by: Grouping; onBy: (by: Grouping) => void }) {
  const t = useServiceWords();
  return (
    <label className={styles.grouping}>
      {t("list.groupBy")}
      <select value={by} onChange={(event) => onBy(parseGrouping(event.target.value))}>
        {GROUPINGS.map((one) => (
          <option key={one} value={one}>
            {t(`list.by.${one}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

export function ServicesPage() {
  const t = useServiceWords();
  const numbers = useNumbers();
  const navigate = useNavigate();
  const stream = useStream("services", "vms", "nodes", "clusters");
  const mayEdit = useMay("editor");
  const total = useServiceCount();
  const known = useKnown();
  const asked = useAsked();
  const { entries, count, hold } = useServiceList(useDeferredValue(asked.line), asked.sorting, asked.by);
  const [current, setCurrent] = useState(-1);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const input = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const chosen = entries[current];
  useGridKeys({
    count: entries.length,
    current,
    move: (to) => {
      setCurrent(to);
      grid.current?.focus({ preventScroll: true });
    },
    open: () => {
      const to = chosen?.head ? chosen.head.to : `/services/${chosen?.id}`;
      if (chosen && to) void navigate(to);
    },
    select: () => {
      if (!chosen || chosen.head) return;
      const next = new Set(selected);
      if (!next.delete(chosen.id)) next.add(chosen.id);
      setSelected(next);
    },
    search: () => input.current?.focus(),
  });
  const empty = (
    <div className={styles.empty}>
      <EmptyNote title={t("list.empty")} detail={t(mayEdit ? "list.emptyDetail" : "list.emptyViewer")} />
      {mayEdit && <LinkButton to="/services/new">{t("list.add")}</LinkButton>}
    </div>
  );
  return (
    <div className={styles.page}>
      <PageHead
        title={t("title")}
        hint={total > 0 && t("fleet:count.shown", { shown: numbers.count(count), total: numbers.count(total) })}
        actions={<ListActions />}
      />
      {selected.size > 0 && <SelectionActions selected={selected} onDone={() => setSelected(new Set())} />}
      <div className={styles.tools}>
        <SearchBox
          line={asked.line}
          onLine={asked.setLine}
          known={known}
          measures={MEASURES}
          chips={CHIPS}
          label={t("list.search")}
          placeholder={t("list.placeholder")}
          input={input}
        />
        <GroupingChoice by={asked.by} onBy={asked.setBy} />
      </div>
      <Edges stream={stream} isEmpty={total === 0} empty={empty}>
        {entries.length === 0 ? (
          <EmptyNote title={t("list.noMatch")} action={{ word: t("fleet:guests.clear"), run: () => asked.setLine("") }} />
        ) : (
          <ServiceGrid
            entries={entries}
            current={current}
            selected={selected}
            onPoint={setCurrent}
            onHold={hold}
            grid={grid}
            sorting={asked.sorting}
            onSort={asked.setSorting}
          />
        )}
      </Edges>
    </div>
  );
}
