// The virtual grid: some thirty rows in the document, whatever the length of the list.
// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot place a window of ten thousand rows
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row, as ARIA describes
import { type RefObject, useCallback } from "react";
import { useNavigate } from "react-router";
import { useNumbers } from "../../fleet/numbers";
import { useSparkSeeds } from "../../fleet/use-spark-seeds";
import { useWords } from "../../fleet/words";
import { useTagColours } from "../../fleet/world";
import { useWindow } from "../../parts/use-window";
import { GridHead, type HeadCell, useFollowed } from "../../views/finder/grid-head";
import type { Sorting, SortKey } from "./guest-order";
import { GuestRow, ROW_HEIGHT } from "./guest-row";
import styles from "./guests-page.module.css";

const HEAD: readonly HeadCell<SortKey>[] = [
  { word: "field.state", key: "status" },
  { word: "field.name", key: "name" },
  { word: "field.id", key: "id" },
  { word: "field.node", key: "node" },
  { word: "field.tags" },
  { word: "field.recent" },
  { word: "field.cpu", key: "cpu", right: true, startsDown: true },
  { word: "field.memory", key: "memory", right: true, startsDown: true },
  { word: "field.network", key: "network", right: true, startsDown: true },
];

interface GridProps {
  sorting: Sorting;
  onSort: (sorting: Sorting) => void;
  ids: readonly string[];
  current: number;
  selected: ReadonlySet<string>;
  onPoint: (index: number) => void;
  onHold: (held: boolean) => void;
  grid: RefObject<HTMLDivElement | null>;
}

export function GuestGrid({ ids, current, selected, onPoint, onHold, grid, sorting, onSort }: GridProps) {
  const t = useWords();
  const numbers = useNumbers();
  const colourOf = useTagColours();
  const navigate = useNavigate();
  const { from, to } = useWindow(grid, ROW_HEIGHT, ids.length);
  const visible = ids.slice(from, to);
  const seeded = useSparkSeeds(visible);
  const open = useCallback((id: string) => void navigate(`/vms/${id}`), [navigate]);
  // Rows of the document are reused while scrolling: only their content changes.
  const slots = Math.max(8, Math.ceil(visible.length / 8) * 8);
  useFollowed(grid, current, ROW_HEIGHT);
  const active = ids[current];
  return (
    <div
      ref={grid}
      role="grid"
      aria-label={t("guests.table")}
      aria-rowcount={ids.length + 1}
      aria-multiselectable="true"
      aria-activedescendant={active && current >= from && current < to ? `guest-${active}` : undefined}
      tabIndex={0}
      className={styles.grid}
      onMouseEnter={() => onHold(true)}
      onMouseLeave={() => onHold(false)}
    >
      <GridHead cells={HEAD} sorting={sorting} onSort={onSort} say={t} styles={styles} />
      <div role="rowgroup" className={styles.body} style={{ height: ids.length * ROW_HEIGHT }}>
        {visible.map((id, i) => (
          <GuestRow
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are slots that are reused while scrolling
            key={(from + i) % slots}
            id={id}
            index={from + i}
            isCurrent={from + i === current}
            isSelected={selected.has(id)}
            seeded={seeded}
            onPoint={onPoint}
            onOpen={open}
            t={t}
            numbers={numbers}
            colourOf={colourOf}
          />
        ))}
      </div>
    </div>
  );
}
