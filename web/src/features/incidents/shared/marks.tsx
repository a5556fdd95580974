// How bad something is and how it stands, as shape and word.
import type { Alert, Incident, Severity } from "../../../fleet/nouns";
import { Shape } from "../../../parts/state-mark";
import { TONES, useAlertWords } from "../../../views/alerts/words";
import styles from "./shared.module.css";

export function SeverityMark({ severity, isOver = false }: { severity: Severity; isOver?: boolean }) {
  const t = useAlertWords();
  return (
    <span className={styles.mark}>
      <Shape tone={isOver ? "ok" : TONES[severity]} /> {t(`severity.${severity}`)}
    </span>
  );
}

export function StateWord({ state }: { state: Alert["state"] | Incident["state"] }) {
  const t = useAlertWords();
  return <>{t(`state.${state}`)}</>;
}
