// What the doctor found, worst first, each with the one line that mends it.

import type { Tone } from "../fleet/look";
import type { DoctorCheck } from "../fleet/nouns";
import { useWords } from "../fleet/words";
import { CopyLine } from "../parts/copy-line";
import { Shape } from "../parts/state-mark";
import styles from "./doctor-table.module.css";

const TONES: Record<DoctorCheck["result"], Tone> = { ok: "ok", warn: "warn", fail: "crit", skip: "off" };
const WEIGHT: Record<DoctorCheck["result"], number> = { fail: 0, warn: 1, ok: 2, skip: 3 };

export function DoctorTable({ checks }: { checks: readonly DoctorCheck[] }) {
  const t = useWords();
  const ordered = [...checks].sort((a, b) => WEIGHT[a.result] - WEIGHT[b.result]);
  return (
    <ul className={styles.checks} aria-label={t("field.doctor")}>
      {ordered.map((check) => (
        <li key={`${check.id}${check.title}`} className={styles.check}>
          <Shape tone={TONES[check.result]} />
          <div className={styles.text}>
            <b>{check.title}</b> <span className={styles.muted}>{t(`doctor.${check.result}`)}</span>
            <div>{check.detail}</div>
            {check.feature_lost.length > 0 && (
              <div className={styles.muted}>{t("doctor.lost", { features: check.feature_lost.join(", ") })}</div>
            )}
            {check.fix && <CopyLine label={t("doctor.fix")} text={check.fix} />}
          </div>
        </li>
      ))}
    </ul>
  );
}
