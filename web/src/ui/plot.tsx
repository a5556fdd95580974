// uPlot in the colours of the page. Loaded by chart.tsx when needed.
import { type KeyboardEvent, useEffect, useEffectEvent, useReducer, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatMoment } from "../format/time";
import type { ChartProps } from "./chart";
import styles from "./chart.module.css";
import { type Mark, markColours } from "./plot-marks";
import { type Hover, language, optionsOf, palette } from "./plot-options";
import { onThemeChange } from "./theme-change";

const GAP_MS = 60;
const NOWHERE: Hover = { index: null, isLeft: true, marks: [] };
/** So many of one place are named; the rest are counted. */
const MOST_NAMED = 4;
/** Parts of a whole, each on the one before; where none is known, nothing stands. */
function stacked(columns: ChartProps["columns"]): (number | null)[][] {
  const sums: (number | null)[] = [];
  return columns.map((column) => column.map((value, i) => (sums[i] = value === null ? (sums[i] ?? null) : (sums[i] ?? 0) + value)));
}

/** The order that optionsOf expects: series, what is compared, the band. */
const dataOf = ({ times, columns, under, band, isStacked }: ChartProps) =>
  [times, ...(isStacked ? stacked(columns) : columns), ...(under ?? []), ...(band ? [band.low, band.high] : [])] as uPlot.AlignedData;

export default function Plot(props: ChartProps) {
  const {
    times,
    columns,
    labels,
    format,
    formatMark = format,
    band,
    under,
    from,
    to,
    most,
    marks,
    sayMore,
    isBinary = false,
    isStacked = false,
    cursorKey,
    height,
    label,
    summary,
  } = props;
  const room = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [hover, point] = useReducer((_: Hover, next: Hover) => next, NOWHERE);
  const say = useEffectEvent((value: number) => formatMark(value));
  const now = useEffectEvent(() => dataOf(props));
  const span = useEffectEvent((): [number, number] => [from, to]);
  const happened = useEffectEvent(() => marks);
  const zoom = useEffectEvent((low: number, high: number) => props.onZoom(low, high));
  const hand = useEffectEvent((canvas: HTMLCanvasElement | null) => {
    props.canvas.current = canvas;
  });

  const count = columns.length;
  const hasBand = band !== null;
  const isCompared = under !== null;
  useEffect(() => {
    const element = room.current;
    if (!element) return;
    const draw = () => {
      plot.current?.destroy();
      const look = {
        colours: palette(element),
        width: element.clientWidth,
        height,
        count,
        hasBand,
        isCompared,
        most,
        isBinary,
        isStacked,
        cursorKey,
      };
      plot.current = new uPlot(
        optionsOf({ ...look, say, span, point, zoom, marks: happened, markColours: markColours(element) }),
        now(),
        element,
      );
      hand(element.querySelector("canvas"));
    };
    draw();
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const sized = new ResizeObserver(() => {
      clearTimeout(waiting);
      waiting = setTimeout(() => plot.current?.setSize({ width: element.clientWidth, height }), GAP_MS);
    });
    sized.observe(element);
    const unwatch = onThemeChange(draw);
    return () => {
      clearTimeout(waiting);
      sized.disconnect();
      unwatch();
      hand(null);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [count, hasBand, isCompared, most, isBinary, isStacked, cursorKey, height]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new window is drawn anew as well
  useEffect(() => {
    plot.current?.setData(now());
  }, [times, columns, band, under, marks, from, to]);

  const walk = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      PageUp: -20,
      PageDown: 20,
      Home: -times.length,
      End: times.length,
    };
    const step = steps[event.key];
    const shown = plot.current;
    if (step === undefined || !shown || times.length === 0) return;
    event.preventDefault();
    const next = Math.min(times.length - 1, Math.max(0, (hover.index ?? times.length) + step));
    shown.setCursor({ left: shown.valToPos(times[next] ?? 0, "x"), top: 10 });
  };

  const at = hover.index ?? -1;
  const latest = labels.map((name, i) => `${name} ${format(columns[i]?.at(-1) ?? null)}`).join(", ");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys walk along the line
    <div ref={room} role="img" tabIndex={0} className={styles.plot} aria-label={`${label}: ${latest}. ${summary}`} onKeyDown={walk}>
      <div
        className={`${styles.tip} ${hover.isLeft ? styles.atEnd : styles.atStart}`}
        hidden={hover.index === null}
        aria-live={hover.index === null ? "off" : "polite"}
      >
        <div className={styles.time}>{momentAt(times, hover.index)}</div>
        {labels.map((name, i) => (
          <div key={name} className={styles.tipRow}>
            {name}
            <span>
              <b>{format(columns[i]?.[at] ?? null)}</b>
              {i === 0 && band && (
                <span className={styles.range}>{` ${format(band.low[at] ?? null)} – ${format(band.high[at] ?? null)}`}</span>
              )}
              {under && <span className={styles.range}>{` ⋯ ${format(under[i]?.[at] ?? null)}`}</span>}
            </span>
          </div>
        ))}
        <HoveredMarks marks={hover.marks} sayMore={sayMore} />
      </div>
    </div>
  );
}

const momentAt = (times: readonly number[], index: number | null): string => {
  const at = index === null ? undefined : times[index];
  return at === undefined ? "" : formatMoment(new Date(at * 1000).toISOString(), language());
};

function HoveredMarks({ marks, sayMore }: { marks: readonly Mark[]; sayMore: (count: number) => string }) {
  const named = marks.slice(-MOST_NAMED);
  return (
    <div className={marks.length > 0 ? styles.marks : ""}>
      {named.map((mark) => (
        <div key={`${mark.at} ${mark.text}`}>
          <span className={styles.time}>{formatMoment(new Date(mark.at * 1000).toISOString(), language())}</span> {mark.text}
        </div>
      ))}
      {marks.length > named.length && <div className={styles.time}>{sayMore(marks.length - named.length)}</div>}
    </div>
  );
}
