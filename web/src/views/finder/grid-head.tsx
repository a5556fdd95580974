// The head of a virtual grid, and its rows followed by the keys.
// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot place a window of thousands of rows
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row, as ARIA describes
import { type RefObject, useEffect, useRef } from "react";
import type { SortingBy } from "./sorting";

export interface HeadCell<Key extends string> {
  word: string;
  /** Absent: the column cannot be sorted by. */
  key?: Key;
  right?: boolean;
  far?: boolean;
  /** The first click shows the largest first. */
  startsDown?: boolean;
}

interface HeadProps<Key extends string> {
  cells: readonly HeadCell<Key>[];
  sorting: SortingBy<Key>;
  onSort: (sorting: SortingBy<Key>) => void;
  say: (word: string) => string;
  styles: Readonly<Record<string, string>>;
}

export function GridHead<Key extends string>({ cells, sorting, onSort, say, styles }: HeadProps<Key>) {
  return (
    <div role="rowgroup" className={styles.head}>
      <div role="row" aria-rowindex={1} className={styles.headRow}>
        {cells.map(({ word, key, right, far, startsDown }) => {
          const isSorted = key !== undefined && key === sorting.key;
          return (
            <span
              key={word}
              role="columnheader"
              className={`${right ? styles.right : ""} ${far ? styles.far : ""}`}
              aria-sort={isSorted ? (sorting.down ? "descending" : "ascending") : undefined}
            >
              {key ? (
                <button type="button" onClick={() => onSort({ key, down: isSorted ? !sorting.down : Boolean(startsDown) })}>
                  {say(word)}
                  {isSorted && <span aria-hidden="true">{sorting.down ? " ↓" : " ↑"}</span>}
                </button>
              ) : (
                say(word)
              )}
            </span>
          );
        })}
      </div>
    </div>
  );
}

/** Keeps the row that the keys moved to in sight. */
export function useFollowed(grid: RefObject<HTMLElement | null>, current: number, rowHeight: number): void {
  const before = useRef(current);
  useEffect(() => {
    const element = grid.current;
    if (!element || before.current === current || current < 0) return;
    before.current = current;
    const top = current * rowHeight;
    const view = element.clientHeight - 2 * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top > element.scrollTop + view) element.scrollTop = top - view;
  }, [current, grid, rowHeight]);
}
