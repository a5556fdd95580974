// A plain table of some tens of rows: columns say how to show, and by what to sort.
import { type ReactNode, useState } from "react";
import { useWords } from "../fleet/words";
import styles from "./table.module.css";

export interface Column<Row> {
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
  right?: boolean;
  /** Left out at phone width. */
  wideOnly?: boolean;
  /** What to sort by; null sorts last, whichever way. */
  by?: (row: Row) => string | number | null;
}

export interface Order {
  key: string;
  down: boolean;
}

export function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], order: Order | null): readonly Row[] {
  const by = columns.find((column) => column.key === order?.key)?.by;
  if (!order || !by) return rows;
  const way = order.down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const left = by(a);
    const right = by(b);
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    if (typeof left === "string" || typeof right === "string")
      return way * String(left).localeCompare(String(right), undefined, { numeric: true });
    return way * (left - right);
  });
}

const classOf = <Row,>(column: Column<Row>): string | undefined =>
  [column.right && styles.right, column.wideOnly && styles.wideOnly].filter(Boolean).join(" ") || undefined;

interface TableProps<Row> {
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  empty: string;
  first?: Order;
}

export function Table<Row>({ label, rows, columns, rowKey, empty, first }: TableProps<Row>) {
  const t = useWords();
  const [order, setOrder] = useState<Order | null>(first ?? null);
  if (rows.length === 0) return <p className={styles.empty}>{empty}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
    <div className={styles.scroll} tabIndex={0}>
      <table className={styles.table} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => {
              const isSorted = order?.key === column.key;
              const direction = order?.down ? "descending" : "ascending";
              return (
                <th key={column.key} scope="col" className={classOf(column)} aria-sort={isSorted ? direction : undefined}>
                  {column.by ? (
                    <button
                      type="button"
                      className={styles.sort}
                      title={t("guests.sortBy", { field: column.title })}
                      onClick={() => setOrder({ key: column.key, down: isSorted ? !order.down : Boolean(column.right) })}
                    >
                      {column.title}
                      {isSorted && <span aria-hidden="true">{order.down ? " ↓" : " ↑"}</span>}
                    </button>
                  ) : (
                    column.title
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {sorted(rows, columns, order).map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.key} className={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
