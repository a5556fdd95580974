// uPlot in the colours of the page. Loaded by chart.tsx when needed.
import { type KeyboardEvent, useEffect, useEffectEvent, useReducer, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatMoment, formatMark as formatTimeMark, timeZone } from "../format/time";
import type { ChartProps } from "./chart";
import styles from "./chart.module.css";
import { onThemeChange } from "./theme-change";

const GAP_MS = 60;
/** However a language writes it. */
const MIDNIGHT = /^00\D00$/;
/** A shorter mark was a click. */
const LEAST_MARK_PX = 6;

/** 1, 2, 4 ... of each unit: marks of sizes are round in GiB, not in thousands. */
const BINARY_STEPS = Array.from({ length: 60 }, (_, power) => 2 ** power);

/** In the order of the legend (history-panel.module.css); after the last they begin again with another dash. */
const SERIES_COLOURS = ["--accent", "--series-2", "--series-3", "--series-4", "--series-5", "--series-6", "--series-7", "--series-8"];
const DASHES = [
  [5, 3],
  [2, 3],
  [9, 3, 2, 3],
];

interface Palette {
  line: string;
  muted: string;
  series: readonly string[];
}

function palette(element: Element): Palette {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim() || "#888";
  return {
    line: token("--line"),
    muted: token("--muted"),
    series: SERIES_COLOURS.map(token),
  };
}

interface Hover {
  index: number | null;
  isLeft: boolean;
}

const language = () => document.documentElement.lang || "en";

/** The order that optionsOf expects: series, what is compared, the band. */
const dataOf = ({ times, columns, under, band }: ChartProps) =>
  [times, ...columns, ...(under ?? []), ...(band ? [band.low, band.high] : [])] as uPlot.AlignedData;

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
    isBinary = false,
    cursorKey,
    height,
    label,
    summary,
  } = props;
  const room = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [hover, point] = useReducer((_: Hover, next: Hover) => next, { index: null, isLeft: true });
  const say = useEffectEvent((value: number) => formatMark(value));
  const now = useEffectEvent(() => dataOf(props));
  const span = useEffectEvent((): [number, number] => [from, to]);
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
      const look = { colours: palette(element), width: element.clientWidth, height, count, hasBand, isCompared, most, isBinary, cursorKey };
      plot.current = new uPlot(optionsOf({ ...look, say, span, point, zoom }), now(), element);
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
  }, [count, hasBand, isCompared, most, isBinary, cursorKey, height]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new window is drawn anew as well
  useEffect(() => {
    plot.current?.setData(now());
  }, [times, columns, band, under, from, to]);

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
      </div>
    </div>
  );
}

const momentAt = (times: readonly number[], index: number | null): string => {
  const at = index === null ? undefined : times[index];
  return at === undefined ? "" : formatMoment(new Date(at * 1000).toISOString(), language());
};

interface Wishes {
  colours: Palette;
  width: number;
  height: number;
  count: number;
  hasBand: boolean;
  isCompared: boolean;
  most: number | null;
  isBinary: boolean;
  cursorKey: string;
  say: (value: number) => string;
  span: () => [number, number];
  point: (hover: Hover) => void;
  zoom: (from: number, to: number) => void;
}

function optionsOf(wishes: Wishes): uPlot.Options {
  const { colours, width, height, count, hasBand, isCompared, most, isBinary, cursorKey, say, span, point, zoom } = wishes;
  const font = "11px system-ui, sans-serif";
  const axis = { stroke: colours.muted, font, grid: { stroke: colours.line, width: 1 }, ticks: { show: false } };
  const zone = timeZone();
  const colour = (i: number) => colours.series[i % colours.series.length] ?? "#888";
  const all = (look: (i: number) => uPlot.Series) => Array.from({ length: count }, (_, i) => look(i));
  const edge: uPlot.Series = { width: 0, points: { show: false } };
  const low = 1 + count * (isCompared ? 2 : 1);
  return {
    width,
    height,
    padding: [8, 24, 0, 0],
    legend: { show: false },
    ...(zone && { tzDate: (at: number) => uPlot.tzDate(new Date(at * 1000), zone) }),
    cursor: { sync: { key: cursorKey }, drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
    scales: {
      x: { time: true, range: span },
      y: { range: (_plot, _low, high) => [0, most ?? Math.max(high ?? 0, Number.EPSILON) * 1.08] },
    },
    axes: [
      { ...axis, size: 26, space: 80, values: (_plot, splits) => timeMarks(splits) },
      { ...axis, size: 72, ...(isBinary && { incrs: BINARY_STEPS }), values: (_plot, splits) => splits.map((value) => say(value)) },
    ],
    series: [
      {},
      ...all((i) => seriesLook(colour(i), i, hasBand)),
      ...(isCompared ? all((i) => comparedLook(colour(i))) : []),
      ...(hasBand ? [edge, edge] : []),
    ],
    ...(hasBand && { bands: [{ series: [low + 1, low], fill: `color-mix(in srgb, ${colour(0)} 22%, transparent)` }] }),
    hooks: {
      setCursor: [
        (shown) => {
          const index = shown.cursor.idx ?? null;
          point({ index: (shown.cursor.left ?? -1) < 0 ? null : index, isLeft: (shown.cursor.left ?? 0) < shown.width / 2 });
        },
      ],
      setSelect: [
        (shown) => {
          const { left, width: marked } = shown.select;
          if (marked < LEAST_MARK_PX) return;
          shown.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          zoom(shown.posToVal(left, "x"), shown.posToVal(left + marked, "x"));
        },
      ],
    },
  };
}

/** The date instead of 00:00, where marks of one day follow each other. */
function timeMarks(splits: number[]): string[] {
  const step = (splits[1] ?? 0) - (splits[0] ?? 0);
  return splits.map((at) => {
    const mark = formatTimeMark(at, step, language());
    return step >= 60 && step < 43_200 && MIDNIGHT.test(mark) ? formatTimeMark(at, 43_200, language()) : mark;
  });
}

/** The first series is filled, unless a band stands for it; from the second on the line is dashed as well as of another colour. */
function seriesLook(stroke: string, i: number, hasBand: boolean): uPlot.Series {
  const base = { stroke, width: 1.4, points: { show: false }, spanGaps: false };
  if (i > 0) return { ...base, dash: DASHES[Math.floor(i / SERIES_COLOURS.length) % DASHES.length] ?? [] };
  return hasBand ? base : { ...base, fill: `color-mix(in srgb, ${stroke} 14%, transparent)` };
}

const comparedLook = (stroke: string): uPlot.Series => ({
  stroke: `color-mix(in srgb, ${stroke} 45%, transparent)`,
  width: 1.2,
  dash: [2, 3],
  points: { show: false },
  spanGaps: false,
});
