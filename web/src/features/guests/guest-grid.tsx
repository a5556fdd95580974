// The virtual grid: some thirty rows in the document, whatever the length of the list.
// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot place a window of ten thousand rows
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row, as ARIA describes
import { type RefObject, useCallback, useEffect, useRef } from "react";
import { useNavigate } from "react-router";
import { useNumbers } from "../../fleet/numbers";
import { useSparkSeeds } from "../../fleet/use-spark-seeds";
import { useWords } from "../../fleet/words";
import { useTagColours } from "../../fleet/world";
import { useWindow } from "../../parts/use-window";
import type { Sorting, SortKey } from "./guest-order";
import { GuestRow, ROW_HEIGHT } from "./guest-row";
import styles from "./guests-page.module.css";

interface HeadCell {
  word: string;
  key?: SortKey;
  right?: boolean;
}

const HEAD: readonly HeadCell[] = [
  { word: "field.state", key: "status" },
  { word: "field.name", key: "name" },
  { word: "field.id", key: "id" },
  { word: "field.node", key: "node" },
  { word: "field.tags" },
  { word: "field.recent" },
  { word: "field.cpu", key: "cpu", right: true },
  { word: "field.memory", key: "memory", right: true },
  { word: "field.network", key: "network", right: true },
];

interface HeadProps {
  sorting: Sorting;
  onSort: (sorting: Sorting) => void;
}

function GridHead({ sorting, onSort }: HeadProps) {
  const t = useWords();
  return (
    <div role="rowgroup" className={styles.head}>
      <div role="row" aria-rowindex={1} className={styles.headRow}>
        {HEAD.map(({ word, key, right }) => {
          const isSorted = key === sorting.key;
          return (
            <span
              key={word}
              role="columnheader"
              className={right ? styles.right : undefined}
              aria-sort={isSorted ? (sorting.down ? "descending" : "ascending") : undefined}
            >
              {key ? (
                <button type="button" onClick={() => onSort({ key, down: isSorted ? !sorting.down : Boolean(right) })}>
                  {t(word)}
                  {isSorted && <span aria-hidden="true">{sorting.down ? " ↓" : " ↑"}</span>}
                </button>
              ) : (
                t(word)
              )}
            </span>
          );
        })}
      </div>
    </div>
  );
}

interface GridProps extends HeadProps {
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
  const before = useRef(current);
  useEffect(() => {
    const element = grid.current;
    if (!element || before.current === current || current < 0) return;
    before.current = current;
    const top = current * ROW_HEIGHT;
    const view = element.clientHeight - 2 * ROW_HEIGHT;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top > element.scrollTop + view) element.scrollTop = top - view;
  }, [current, grid]);
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
      <GridHead sorting={sorting} onSort={onSort} />
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
