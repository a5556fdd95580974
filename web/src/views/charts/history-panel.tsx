// One chart with its legend: what it was, and what it is now.
import { EllipsisVertical } from "lucide-react";
import { useMemo, useRef } from "react";
import { happeningTone, happeningWords } from "../../fleet/happening";
import type { Column } from "../../fleet/history";
import { useNumbers } from "../../fleet/numbers";
import { useMarksShown } from "../../fleet/range";
import type { HistoryState } from "../../fleet/use-history";
import { useWords } from "../../fleet/words";
import { Skeleton } from "../../parts/edges";
import { Panel } from "../../parts/panel";
import { Button } from "../../ui/button";
import { Chart } from "../../ui/chart";
import { Menu, MenuItem } from "../../ui/menu";
import type { Mark } from "../../ui/plot-marks";
import { savePicture, saveTable } from "./chart-files";
import styles from "./history-panel.module.css";

export interface SeriesLook {
  word: string;
  /** Which column of the history. */
  column: number;
}

interface PanelProps {
  title: string;
  unit: "percent" | "bytes" | "rate" | "decimal" | "count" | "duration" | "latency";
  state: HistoryState;
  series: readonly SeriesLook[];
  /** Charts with one name share the cursor. */
  cursor: string;
  /** The top of the axis; null = as high as the values. */
  most: number | null;
  onZoom: (from: number, to: number) => void;
  height?: number;
  /** The series are parts of a whole. */
  isStacked?: boolean;
  /** Why there may be no points yet, where polls do not bring them. */
  whyEmpty?: string;
  /** Marks of this chart alone, beside what happened. */
  failures?: readonly Mark[];
  wide?: boolean;
}

const MOST_LISTED = 10;
/** As many as the drawing has. */
const COLOURS = 8;

const isKnown = (value: number | null | undefined): value is number => value !== null && value !== undefined;
/** What is so now: among the last points, when they reach the end of the drawing; of what ended before nothing is said. */
function presentOf(column: Column, state: HistoryState): number | null {
  const times = state.history?.times ?? [];
  const last = times.at(-1) ?? 0;
  const step = last - (times.at(-2) ?? 0);
  return state.to - last <= 3 * step ? (column.slice(-3).findLast(isKnown) ?? null) : null;
}

/** A band says something only where its edges differ from the line. */
function bandOf(low: Column, high: Column) {
  return low.some((value, i) => isKnown(value) && value !== high[i]) ? { low, high } : null;
}

function useSummary(line: Column, low: Column, high: Column, format: (value: number | null) => string): string {
  const t = useWords();
  const known = line.filter(isKnown);
  if (known.length === 0) return "";
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const least = low.filter(isKnown).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = high.filter(isKnown).reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const finite = (value: number) => format(Number.isFinite(value) ? value : null);
  return t("chart.summary", { low: finite(least), mean: format(mean), high: finite(most) });
}

/** What happened in the window, ready to be drawn; nothing while it is not wanted. */
function useMarks({ marks, own }: HistoryState, failures: readonly Mark[]): readonly Mark[] {
  const t = useWords();
  const [isShown] = useMarksShown();
  return useMemo(() => {
    if (!isShown) return [];
    const happened = marks.map((mark) => ({
      at: mark.t / 1000,
      until: mark.until === null ? null : mark.until / 1000,
      tone: happeningTone(mark),
      text: happeningWords(t, mark, own),
    }));
    return failures.length === 0 ? happened : [...happened, ...failures].sort((a, b) => a.at - b.at);
  }, [marks, own, failures, isShown, t]);
}

/** For who cannot see the drawing: the newest, and how many more there are. */
function useMarkList(marks: readonly Mark[]): string {
  const t = useWords();
  const numbers = useNumbers();
  if (marks.length === 0) return "";
  const named = marks.slice(-MOST_LISTED).toReversed();
  const list = named.map((mark) => `${numbers.moment(new Date(mark.at * 1000).toISOString())} ${mark.text}`).join("; ");
  const more = marks.length > named.length ? ` ${t("event.andMore", { count: marks.length - named.length })}` : "";
  return `. ${t("event.list", { list })}${more}`;
}

const NO_FAILURES: readonly Mark[] = [];

export function HistoryPanel(props: PanelProps) {
  const { title, unit, state, series, cursor, most, onZoom, height = 170, wide = false, isStacked = false } = props;
  const t = useWords();
  const numbers = useNumbers();
  const canvas = useRef<HTMLCanvasElement>(null);
  const format = numbers[unit];
  const { history, earlier } = state;
  const pick = (columns: readonly Column[] | undefined) => series.map((look) => columns?.[look.column] ?? []);
  const columns = pick(history?.columns);
  const low = pick(history?.lows)[0] ?? [];
  const high = pick(history?.highs)[0] ?? [];
  const isEmpty = (history?.times.length ?? 0) < 2 || columns.every((column) => column.every((value) => value === null));
  const summary = useSummary(columns[0] ?? [], low, high, format);
  const marks = useMarks(state, props.failures ?? NO_FAILURES);
  const listed = useMarkList(marks);
  const asTable = () => {
    const names = series.map((look, i) => ({ name: look.word, values: columns[i] ?? [] }));
    const edges = [
      { name: `${names[0]?.name} min`, values: low },
      { name: `${names[0]?.name} max`, values: high },
    ];
    saveTable(title, history?.times ?? [], [...names, ...edges]);
  };
  const head = (
    <div className={styles.head}>
      <ul className={styles.legend}>
        {series.map((look, i) => (
          <li key={look.word}>
            <span className={`${styles.swatch} ${i > 0 ? styles.second : ""} ${styles[`series${i % COLOURS}`] ?? ""}`} aria-hidden="true" />
            {look.word} <b>{format(presentOf(columns[i] ?? [], state))}</b>
          </li>
        ))}
      </ul>
      {!isEmpty && (
        <Menu
          trigger={
            <Button look="quiet" className={styles.more} aria-label={t("chart.save", { title })}>
              <EllipsisVertical size={16} aria-hidden="true" />
            </Button>
          }
        >
          <MenuItem onChoose={() => canvas.current && savePicture(canvas.current, title)}>{t("chart.png")}</MenuItem>
          <MenuItem onChoose={asTable}>{t("chart.csv")}</MenuItem>
        </Menu>
      )}
    </div>
  );
  return (
    <Panel title={title} actions={head} wide={wide}>
      {state.isLoading && <Skeleton />}
      {!state.isLoading && (!history || isEmpty) && (
        <p className={styles.empty}>
          {state.hasFailed ? t("edge.failed") : state.isMoving ? (props.whyEmpty ?? t("edge.chartEmpty")) : t("edge.chartNone")}
        </p>
      )}
      {history && !isEmpty && (
        <Chart
          times={history.times}
          columns={columns}
          labels={series.map((look) => look.word)}
          band={isStacked ? null : bandOf(low, high)}
          isStacked={isStacked}
          under={earlier && !isStacked ? pick(earlier) : null}
          from={state.from}
          to={state.to}
          onZoom={onZoom}
          canvas={canvas}
          format={format}
          formatMark={unit === "percent" ? numbers.wholePercent : format}
          most={most}
          isBinary={unit === "bytes"}
          cursorKey={cursor}
          label={title}
          summary={`${summary}${listed}`}
          marks={marks}
          sayMore={(count) => t("event.andMore", { count })}
          height={height}
        />
      )}
      {history?.isPartial && <p className={styles.partial}>{t("edge.chartPartial")}</p>}
    </Panel>
  );
}
