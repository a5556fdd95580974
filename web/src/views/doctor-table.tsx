// What the doctor found, worst first, each with the one line that mends it.

import type { Tone } from "../fleet/look";
import type { DoctorCheck } from "../fleet/nouns";
import { useReason } from "../fleet/reason";
import { useWords, type Words } from "../fleet/words";
import { CopyLine } from "../parts/copy-line";
import { Shape } from "../parts/state-mark";
import styles from "./doctor-table.module.css";

const TONES: Record<DoctorCheck["result"], Tone> = { ok: "ok", warn: "warn", fail: "crit", skip: "off" };
const WEIGHT: Record<DoctorCheck["result"], number> = { fail: 0, warn: 1, ok: 2, skip: 3 };

const featuresOf = (check: DoctorCheck, t: Words): string =>
  check.feature_lost.map((text, at) => t(`feature.${check.feature_codes[at] ?? ""}`, { defaultValue: text })).join(", ");

export function DoctorTable({ checks }: { checks: readonly DoctorCheck[] }) {
  const t = useWords();
  const reason = useReason();
  const ordered = [...checks].sort((a, b) => WEIGHT[a.result] - WEIGHT[b.result]);
  return (
    <ul className={styles.checks} aria-label={t("field.doctor")}>
      {ordered.map((check) => (
        <li key={`${check.id}${check.title}`} className={styles.check}>
          <Shape tone={TONES[check.result]} />
          <div className={styles.text}>
            <b>{t(`doctor.title.${check.id}`, { defaultValue: check.title })}</b>{" "}
            <span className={styles.muted}>{t(`doctor.${check.result}`)}</span>
            <div title={check.detail}>{reason(check.code, check.params, check.detail)}</div>
            {check.feature_lost.length > 0 && <div className={styles.muted}>{t("doctor.lost", { features: featuresOf(check, t) })}</div>}
            {check.fix && <CopyLine label={t("doctor.fix")} text={check.fix} />}
          </div>
        </li>
      ))}
    </ul>
  );
}
