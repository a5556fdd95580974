// The virtual grid of services: some tens of rows in the document, whatever the length of the list.
// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot place a window of thousands of rows
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row, as ARIA describes
import { type RefObject, useCallback } from "react";
import { useNavigate } from "react-router";
import { useNumbers } from "../../../fleet/numbers";
import { useServiceWords } from "../../../fleet/services/words";
import { useWindow } from "../../../parts/use-window";
import { GridHead, type HeadCell, useFollowed } from "../../../views/finder/grid-head";
import type { Entry, Sorting, SortKey } from "./service-order";
import { GroupRow, ROW_HEIGHT, ServiceRow } from "./service-row";
import styles from "./services-page.module.css";

const HEAD: readonly HeadCell<SortKey>[] = [
  { word: "fleet:field.state", key: "status" },
  { word: "fleet:field.name", key: "name" },
  { word: "list.subject" },
  { word: "bar.day" },
  { word: "list.day", key: "day", right: true },
  { word: "list.month", key: "month", right: true, far: true },
  { word: "list.quarter", key: "quarter", right: true, far: true },
  { word: "list.latency", key: "latency", right: true },
];

interface GridProps {
  sorting: Sorting;
  onSort: (sorting: Sorting) => void;
  entries: readonly Entry[];
  current: number;
  selected: ReadonlySet<string>;
  onPoint: (index: number) => void;
  onHold: (held: boolean) => void;
  grid: RefObject<HTMLDivElement | null>;
}

export function ServiceGrid({ entries, current, selected, onPoint, onHold, grid, sorting, onSort }: GridProps) {
  const t = useServiceWords();
  const numbers = useNumbers();
  const navigate = useNavigate();
  const { from, to } = useWindow(grid, ROW_HEIGHT, entries.length);
  const visible = entries.slice(from, to);
  const open = useCallback((id: string) => void navigate(`/services/${id}`), [navigate]);
  // Rows of the document are reused while scrolling: only their content changes.
  const slots = Math.max(8, Math.ceil(visible.length / 8) * 8);
  useFollowed(grid, current, ROW_HEIGHT);
  return (
    <div
      ref={grid}
      role="grid"
      aria-label={t("list.table")}
      aria-rowcount={entries.length + 1}
      aria-multiselectable="true"
      aria-activedescendant={entries[current] && current >= from && current < to ? `service-${current}` : undefined}
      tabIndex={0}
      className={styles.grid}
      onMouseEnter={() => onHold(true)}
      onMouseLeave={() => onHold(false)}
    >
      <GridHead cells={HEAD} sorting={sorting} onSort={onSort} say={t} styles={styles} />
      <div role="rowgroup" className={styles.body} style={{ height: entries.length * ROW_HEIGHT }}>
        {visible.map((entry, i) => {
          const index = from + i;
          const shared = { index, isCurrent: index === current, onPoint, t, numbers };
          return entry.head ? (
            <GroupRow key={`head ${index % slots}`} head={entry.head} {...shared} />
          ) : (
            <ServiceRow key={index % slots} id={entry.id} isSelected={selected.has(entry.id)} onOpen={open} {...shared} />
          );
        })}
      </div>
    </div>
  );
}
