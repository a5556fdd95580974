// uPlot in the colours of the page. Loaded by chart.tsx when needed.
import { useEffect, useEffectEvent, useReducer, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { ChartProps } from "./chart";
import styles from "./chart.module.css";
import { onThemeChange } from "./theme-change";

const GAP_MS = 60;

/** 1, 2, 4 ... of each unit: marks of sizes are round in GiB, not in thousands. */
const BINARY_STEPS = Array.from({ length: 60 }, (_, power) => 2 ** power);

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
    series: [token("--accent"), token("--series-2"), token("--ok"), token("--warn")],
  };
}

interface Hover {
  index: number | null;
  isLeft: boolean;
}

export default function Plot({
  times,
  columns,
  labels,
  format,
  formatMark = format,
  most,
  isBinary = false,
  cursorKey,
  height,
}: ChartProps) {
  const room = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [hover, point] = useReducer((_: Hover, next: Hover) => next, { index: null, isLeft: true });
  const data = [times, ...columns] as uPlot.AlignedData;
  const say = useEffectEvent((value: number) => formatMark(value));
  const now = useEffectEvent(() => data);

  const count = columns.length;
  useEffect(() => {
    const element = room.current;
    if (!element) return;
    const draw = () => {
      plot.current?.destroy();
      const options = optionsOf({
        colours: palette(element),
        width: element.clientWidth,
        height,
        count,
        most,
        isBinary,
        cursorKey,
        say,
        point,
      });
      plot.current = new uPlot(options, now(), element);
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
      plot.current?.destroy();
      plot.current = null;
    };
  }, [count, most, isBinary, cursorKey, height]);

  useEffect(() => {
    plot.current?.setData([times, ...columns] as uPlot.AlignedData);
  }, [times, columns]);

  return (
    <div ref={room} className={styles.plot}>
      <div className={`${styles.tip} ${hover.isLeft ? styles.atEnd : styles.atStart}`} hidden={hover.index === null}>
        <div className={styles.time}>{timeAt(times, hover.index)}</div>
        {labels.map((name, i) => (
          <div key={name} className={styles.tipRow}>
            {name} <b>{format(columns[i]?.[hover.index ?? -1] ?? null)}</b>
          </div>
        ))}
      </div>
    </div>
  );
}

const timeAt = (times: readonly number[], index: number | null): string => {
  const at = index === null ? undefined : times[index];
  return at === undefined ? "" : new Date(at * 1000).toLocaleTimeString(document.documentElement.lang || undefined);
};

interface Wishes {
  colours: Palette;
  width: number;
  height: number;
  count: number;
  most: number | null;
  isBinary: boolean;
  cursorKey: string;
  say: (value: number) => string;
  point: (hover: Hover) => void;
}

function optionsOf({ colours, width, height, count, most, isBinary, cursorKey, say, point }: Wishes): uPlot.Options {
  const font = "11px system-ui, sans-serif";
  const axis = { stroke: colours.muted, font, grid: { stroke: colours.line, width: 1 }, ticks: { show: false } };
  return {
    width,
    height,
    padding: [8, 24, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: cursorKey }, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { time: true },
      y: { range: (_plot, _low, high) => [0, most ?? Math.max(high ?? 0, Number.EPSILON) * 1.08] },
    },
    axes: [
      { ...axis, size: 26, space: 80, values: (_plot, splits) => clockFaces(splits) },
      { ...axis, size: 72, ...(isBinary && { incrs: BINARY_STEPS }), values: (_plot, splits) => splits.map((value) => say(value)) },
    ],
    series: [{}, ...Array.from({ length: count }, (_, i) => seriesLook(colours.series[i % colours.series.length] ?? "#888", i))],
    hooks: {
      setCursor: [
        (shown) => {
          const index = shown.cursor.idx ?? null;
          point({ index: (shown.cursor.left ?? -1) < 0 ? null : index, isLeft: (shown.cursor.left ?? 0) < shown.width / 2 });
        },
      ],
    },
  };
}

/** Hours and minutes; seconds as well where two marks would otherwise read the same. */
function clockFaces(splits: number[]): string[] {
  const isFine = (splits[1] ?? 0) - (splits[0] ?? 0) < 60;
  const style: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (isFine) style.second = "2-digit";
  const clock = new Intl.DateTimeFormat(document.documentElement.lang || undefined, style);
  return splits.map((at) => clock.format(at * 1000));
}

/** The first series is filled; from the second on the line is dashed as well as of another colour. */
function seriesLook(stroke: string, i: number): uPlot.Series {
  const base = { stroke, width: 1.4, points: { show: false }, spanGaps: false };
  return i === 0 ? { ...base, fill: `color-mix(in srgb, ${stroke} 14%, transparent)` } : { ...base, dash: [5, 3] };
}
