// One chart with its legend: what it was, and what it is now.

import { useNumbers } from "../fleet/numbers";
import type { HistoryState } from "../fleet/use-history";
import { useWords } from "../fleet/words";
import { Skeleton } from "../parts/edges";
import { Panel } from "../parts/panel";
import { Chart } from "../ui/chart";
import styles from "./history-panel.module.css";

export interface SeriesLook {
  word: string;
  /** Which column of the history. */
  column: number;
}

interface PanelProps {
  title: string;
  unit: "percent" | "bytes" | "rate" | "decimal" | "count";
  state: HistoryState;
  series: readonly SeriesLook[];
  /** Charts with one name share the cursor. */
  cursor: string;
  /** The top of the axis; null = as high as the values. */
  most: number | null;
}

export function HistoryPanel({ title, unit, state, series, cursor, most }: PanelProps) {
  const t = useWords();
  const numbers = useNumbers();
  const format = numbers[unit];
  const { history } = state;
  const columns = series.map((look) => history?.columns[look.column] ?? []);
  const isEmpty = (history?.times.length ?? 0) < 2 || columns.every((column) => column.every((value) => value === null));
  const legend = (
    <ul className={styles.legend}>
      {series.map((look, i) => (
        <li key={look.word}>
          <span className={`${styles.swatch} ${i > 0 ? styles.second : ""}`} aria-hidden="true" />
          {look.word} <b>{format(columns[i]?.at(-1) ?? null)}</b>
        </li>
      ))}
    </ul>
  );
  return (
    <Panel title={title} actions={legend}>
      {state.isLoading && <Skeleton />}
      {!state.isLoading && (!history || isEmpty) && (
        <p className={styles.empty}>{t(state.hasFailed ? "edge.failed" : "edge.chartEmpty")}</p>
      )}
      {history && !isEmpty && (
        <Chart
          times={history.times}
          columns={columns}
          labels={series.map((look) => look.word)}
          format={format}
          formatMark={unit === "percent" ? numbers.wholePercent : format}
          most={most}
          isBinary={unit === "bytes"}
          cursorKey={cursor}
          label={title}
          height={170}
        />
      )}
    </Panel>
  );
}
