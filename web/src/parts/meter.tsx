// A thin bar of a share. It only repeats a number that stands beside it, so it is hidden from screen readers.
import type { Tone } from "../fleet/look";
import styles from "./meter.module.css";

export function Meter({ ratio, tone = "ok" }: { ratio: number | null; tone?: Tone }) {
  const share = ratio === null ? 0 : Math.min(1, Math.max(0, ratio));
  const colour = tone === "warn" ? styles.warn : tone === "crit" ? styles.crit : "";
  return (
    <span className={styles.meter} aria-hidden="true">
      {ratio !== null && <span className={`${styles.fill} ${colour}`} style={{ transform: `scaleX(${share})` }} />}
    </span>
  );
}
