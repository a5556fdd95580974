// A line of a few points, as large before they came as after.
import { SPARK_HEIGHT, SPARK_WIDTH, sparkPath } from "../fleet/recent";
import styles from "./spark.module.css";

interface SparkProps {
  /** Shares of the whole, 0 to 1. */
  values: readonly (number | null)[] | undefined;
  /** Fills the width that there is. */
  wide?: boolean;
}

/** Beside its number, so it says nothing to those who cannot see it. */
export function Spark({ values, wide = false }: SparkProps) {
  return (
    <svg
      className={wide ? styles.wide : styles.spark}
      viewBox={`0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`}
      width={SPARK_WIDTH}
      height={SPARK_HEIGHT}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={values ? sparkPath(values) : ""} className={styles.line} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
