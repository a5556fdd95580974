// How a plot looks and what it answers to: axes, colours, dashes, cursor and the marking of a window.
import uPlot from "uplot";
import { formatMark as formatTimeMark, timeZone } from "../format/time";
import { drawMarks, groupNear, groupsOf, type Mark, type MarkColours } from "./plot-marks";

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

export function palette(element: Element): Palette {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim() || "#888";
  return {
    line: token("--line"),
    muted: token("--muted"),
    series: SERIES_COLOURS.map(token),
  };
}

export interface Hover {
  index: number | null;
  isLeft: boolean;
  /** What happened where the cursor is. */
  marks: readonly Mark[];
}

export const language = () => document.documentElement.lang || "en";

interface Wishes {
  colours: Palette;
  width: number;
  height: number;
  count: number;
  hasBand: boolean;
  isCompared: boolean;
  most: number | null;
  isBinary: boolean;
  isStacked: boolean;
  cursorKey: string;
  say: (value: number) => string;
  span: () => [number, number];
  point: (hover: Hover) => void;
  zoom: (from: number, to: number) => void;
  marks: () => readonly Mark[];
  markColours: MarkColours;
}

export function optionsOf(wishes: Wishes): uPlot.Options {
  const { colours, width, height, count, hasBand, isCompared, most, isBinary, isStacked, cursorKey } = wishes;
  const { say, span, point, zoom, marks, markColours } = wishes;
  const font = "11px system-ui, sans-serif";
  const axis = { stroke: colours.muted, font, grid: { stroke: colours.line, width: 1 }, ticks: { show: false } };
  const zone = timeZone();
  const colour = (i: number) => colours.series[i % colours.series.length] ?? "#888";
  const all = (look: (i: number) => uPlot.Series) => Array.from({ length: count }, (_, i) => look(i));
  const edge: uPlot.Series = { width: 0, points: { show: false } };
  const groups = (shown: uPlot) => groupsOf(marks(), shown.over.clientWidth, (seconds) => shown.valToPos(seconds, "x"));
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
    ...(isStacked && { bands: stackBands(count, colour) }),
    hooks: {
      draw: [(shown) => drawMarks(shown, groups(shown), markColours)],
      setCursor: [
        (shown) => {
          const left = shown.cursor.left ?? -1;
          // Charts that share the cursor need not all say it.
          const near = left >= 0 && shown.root.parentElement?.matches(":hover, :focus") ? groupNear(groups(shown), left) : null;
          point({ index: left < 0 ? null : (shown.cursor.idx ?? null), isLeft: left < shown.width / 2, marks: near?.marks ?? [] });
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

/** Between each series and the one it stands on. */
const stackBands = (count: number, colour: (i: number) => string): uPlot.Band[] =>
  Array.from({ length: Math.max(0, count - 1) }, (_, i) => ({
    series: [i + 2, i + 1],
    fill: `color-mix(in srgb, ${colour(i + 1)} 30%, transparent)`,
  }));

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
