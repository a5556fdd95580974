// A time series as a drawing. The drawing library comes only when the first chart is shown.
import { lazy, Suspense } from "react";
import styles from "./chart.module.css";

export interface ChartProps {
  /** Epoch seconds, rising. */
  times: readonly number[];
  /** One per series; null is a gap. */
  columns: readonly (readonly (number | null)[])[];
  labels: readonly string[];
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
  height: number;
}

const Plot = lazy(() => import("./plot"));

export function Chart(props: ChartProps) {
  const latest = props.labels.map((name, i) => `${name} ${props.format(props.columns[i]?.at(-1) ?? null)}`).join(", ");
  return (
    <div role="img" aria-label={`${props.label}: ${latest}`}>
      <Suspense fallback={<svg className={styles.room} height={props.height} aria-hidden="true" />}>
        <Plot {...props} />
      </Suspense>
    </div>
  );
}
