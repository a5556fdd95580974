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

/** What needs a look stands open; what is fine folds into a line. */
export function DoctorTable({ checks }: { checks: readonly DoctorCheck[] }) {
  const t = useWords();
  const ordered = [...checks].sort((a, b) => WEIGHT[a.result] - WEIGHT[b.result]);
  const fine = ordered.filter((check) => check.result === "ok");
  const rest = ordered.filter((check) => check.result !== "ok");
  return (
    <div>
      {rest.length > 0 && <CheckList checks={rest} label={t("field.doctor")} />}
      {fine.length > 0 && (
        <details className={styles.fine}>
          <summary>
            <Shape tone="ok" /> {t("doctor.fine", { count: fine.length })}
          </summary>
          <CheckList checks={fine} label={t("doctor.fine", { count: fine.length })} />
        </details>
      )}
    </div>
  );
}

function CheckList({ checks, label }: { checks: readonly DoctorCheck[]; label: string }) {
  const t = useWords();
  const reason = useReason();
  return (
    <ul className={styles.checks} aria-label={label}>
      {checks.map((check) => (
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
