// Marks of what happened, on a plot: a thin line with a shape at its top, a faint band for what took its time. Marks that
// are too close to tell apart are drawn as one with their number. Shape as well as colour says how grave it is.
import type uPlot from "uplot";

export type MarkTone = "ok" | "off" | "warn" | "crit";

export interface Mark {
  /** Epoch seconds. */
  at: number;
  /** The end of what took its time. */
  until: number | null;
  tone: MarkTone;
  text: string;
}

export interface Group {
  /** Pixels from the left of the plot: where the line stands. */
  x: number;
  tone: MarkTone;
  marks: readonly Mark[];
}

/** Closer than this, two shapes would cover each other. */
const APART_PX = 12;
const NEAR_PX = 8;
const SHAPE_PX = 4;
/** Shorter than this a band would say no more than its line. */
const LEAST_BAND_PX = 3;
const GRAVITY: readonly MarkTone[] = ["ok", "off", "warn", "crit"];
const graver = (a: MarkTone, b: MarkTone) => (GRAVITY.indexOf(a) >= GRAVITY.indexOf(b) ? a : b);

/** Marks by time become groups by place; what began before the plot stands at its edge, where it has a band. */
export function groupsOf(marks: readonly Mark[], width: number, placeOf: (seconds: number) => number): Group[] {
  const groups: { x: number; tone: MarkTone; marks: Mark[] }[] = [];
  for (const mark of marks) {
    const x = placeOf(mark.at);
    const end = mark.until === null ? x : placeOf(mark.until);
    if (x > width || end < 0) continue;
    const last = groups.at(-1);
    if (last && Math.max(x, 0) - last.x < APART_PX) {
      last.marks.push(mark);
      last.tone = graver(last.tone, mark.tone);
    } else groups.push({ x: Math.max(x, 0), tone: mark.tone, marks: [mark] });
  }
  return groups;
}

/** The group that the cursor points at; null when none is near. */
export function groupNear(groups: readonly Group[], x: number): Group | null {
  let best: Group | null = null;
  for (const group of groups) if (Math.abs(group.x - x) <= NEAR_PX && (!best || Math.abs(group.x - x) < Math.abs(best.x - x))) best = group;
  return best;
}

export type MarkColours = Readonly<Record<MarkTone, string>> & { ground: string };

export function markColours(element: Element): MarkColours {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim() || "#888";
  return { ok: token("--ok"), off: token("--off"), warn: token("--warn"), crit: token("--crit"), ground: token("--panel") };
}

/** The same shapes as states have everywhere: circle, ring, triangle, diamond. */
function drawShape(pen: CanvasRenderingContext2D, tone: MarkTone, x: number, y: number, size: number): void {
  pen.beginPath();
  if (tone === "warn") {
    pen.moveTo(x, y - size);
    pen.lineTo(x + size, y + size * 0.9);
    pen.lineTo(x - size, y + size * 0.9);
    pen.closePath();
  } else if (tone === "crit") {
    pen.moveTo(x, y - size * 1.2);
    pen.lineTo(x + size * 1.2, y);
    pen.lineTo(x, y + size * 1.2);
    pen.lineTo(x - size * 1.2, y);
    pen.closePath();
  } else pen.arc(x, y, size * 0.9, 0, 2 * Math.PI);
  if (tone === "off") pen.stroke();
  else pen.fill();
}

function drawCount(pen: CanvasRenderingContext2D, colours: MarkColours, count: number, x: number, y: number, ratio: number): void {
  const text = count > 99 ? "99+" : String(count);
  pen.font = `600 ${10 * ratio}px system-ui, sans-serif`;
  const half = Math.max(pen.measureText(text).width / 2 + 3 * ratio, 6 * ratio);
  pen.fillRect(x - half, y - 6 * ratio, 2 * half, 12 * ratio);
  pen.fillStyle = colours.ground;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(text, x, y + ratio / 2);
}

/** Called by the plot's draw hook: all on its canvas, in the pixels of the device. */
export function drawMarks(plot: uPlot, groups: readonly Group[], colours: MarkColours): void {
  const { left, top, width, height } = plot.bbox;
  const ratio = devicePixelRatio;
  const pen = plot.ctx;
  const place = (seconds: number) => plot.valToPos(seconds, "x", true);
  pen.save();
  pen.setLineDash([]); // the last series may have been dashed, and a dashed ring would say "unknown"
  for (const group of groups)
    for (const { at, until, tone } of group.marks) {
      if (until === null) continue;
      const from = Math.max(left, place(at));
      const to = Math.min(left + width, place(until));
      if (to - from < LEAST_BAND_PX * ratio) continue;
      pen.fillStyle = colours[tone];
      pen.globalAlpha = 0.1;
      pen.fillRect(from, top, to - from, height);
    }
  pen.globalAlpha = 1;
  for (const group of groups) {
    const x = left + group.x * ratio;
    pen.fillStyle = pen.strokeStyle = colours[group.tone];
    pen.lineWidth = ratio;
    pen.globalAlpha = 0.7;
    pen.beginPath();
    pen.moveTo(x, top + 10 * ratio);
    pen.lineTo(x, top + height);
    pen.stroke();
    pen.globalAlpha = 1;
    pen.lineWidth = 1.6 * ratio;
    if (group.marks.length > 1) drawCount(pen, colours, group.marks.length, x, top + 5 * ratio, ratio);
    else drawShape(pen, group.tone, x, top + 5 * ratio, SHAPE_PX * ratio);
  }
  pen.restore();
}
