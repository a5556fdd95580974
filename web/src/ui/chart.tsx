// A time series as a drawing. The drawing library comes only when the first chart is shown.
import { lazy, type RefObject, Suspense } from "react";
import styles from "./chart.module.css";
import type { Mark } from "./plot-marks";

export interface ChartProps {
  /** Epoch seconds, rising. */
  times: readonly number[];
  /** One per series; null is a gap. */
  columns: readonly (readonly (number | null)[])[];
  labels: readonly string[];
  /** The least and the most behind the points of the first series, drawn as a band; null = none. */
  band: { low: readonly (number | null)[]; high: readonly (number | null)[] } | null;
  /** Each series stands on the one before it: parts of a whole. */
  isStacked?: boolean;
  /** Lines to compare with, one per series; null = none. */
  under: readonly (readonly (number | null)[])[] | null;
  /** What happened, by time. */
  marks: readonly Mark[];
  /** "and 3 more", where not all of a place are named. */
  sayMore: (count: number) => string;
  /** The window shown, in epoch seconds. */
  from: number;
  to: number;
  /** Somebody marked a window to see it larger. */
  onZoom: (from: number, to: number) => void;
  /** Where the drawing is to be had, to save it. */
  canvas: RefObject<HTMLCanvasElement | null>;
  format: (value: number | null) => string;
  /** How the marks of the axis are written, where that is shorter than a value. */
  formatMark?: (value: number) => string;
  /** The top of the axis; null = as high as the values. */
  most: number | null;
  /** Sizes in powers of 1024. */
  isBinary?: boolean;
  /** Charts with one key share the cursor. */
  cursorKey: string;
  label: string;
  /** Lowest, average and highest in words, for who cannot see the drawing. */
  summary: string;
  height: number;
}

const Plot = lazy(() => import("./plot"));

export function Chart(props: ChartProps) {
  return (
    <Suspense fallback={<svg className={styles.room} height={props.height} aria-hidden="true" />}>
      <Plot {...props} />
    </Suspense>
  );
}
