// One incident in the list: what, why, what hangs on it, since when, and who has it.
import { Link } from "react-router";
import type { Incident } from "../../../fleet/nouns";
import { useNumbers } from "../../../fleet/numbers";
import { useMay } from "../../../fleet/world";
import { PlainButton } from "../../../parts/order-button";
import { Shape } from "../../../parts/state-mark";
import { useDeed } from "../../../parts/use-deed";
import { incidentTitle, TONES, useAlertWords, useCause, useHold } from "../../../views/alerts/words";
import { useAffected } from "./affected";
import styles from "./incidents.module.css";

interface RowProps {
  incident: Incident;
  isCurrent: boolean;
  isSelected: boolean;
  onSelect: () => void;
  onTake: (id: string) => Promise<unknown>;
}

function Who({ incident, onTake }: Pick<RowProps, "incident" | "onTake">) {
  const t = useAlertWords();
  const numbers = useNumbers();
  const mayAct = useMay("operator");
  const taking = useDeed();
  const has = incident.acknowledgement;
  if (incident.state === "resolved") return <span>{t("over", { time: numbers.ago(incident.resolved_at) })}</span>;
  if (has)
    return (
      <span>
        {t("has", { name: has.by })}
        {has.until && <span className={styles.quiet}> {t("hasUntil", { time: numbers.moment(has.until) })}</span>}
      </span>
    );
  if (!mayAct) return <span className={styles.quiet}>{t("nobody")}</span>;
  return (
    <>
      <PlainButton isBusy={taking.isBusy} onClick={() => void taking.run(() => onTake(incident.id))}>
        {t("take")}
      </PlainButton>
      {taking.problem && <span role="alert">{taking.problem.detail || t("fleet:edge.failed")}</span>}
    </>
  );
}

export function IncidentRow({ incident, isCurrent, isSelected, onSelect, onTake }: RowProps) {
  const t = useAlertWords();
  const numbers = useNumbers();
  const causeOf = useCause();
  const holdOf = useHold();
  const affected = useAffected(incident);
  const mayAct = useMay("operator");
  const title = incidentTitle(t, incident);
  const cause = incident.root_alert ? causeOf(incident.root_alert) : incident.cause;
  const isOver = incident.state === "resolved";
  return (
    <li className={`${styles.row} ${isCurrent ? styles.current : ""}`} aria-current={isCurrent || undefined}>
      {mayAct && !isOver && <input type="checkbox" aria-label={t("selectOne", { name: title })} checked={isSelected} onChange={onSelect} />}
      <span className={styles.shape}>
        <Shape tone={isOver ? "ok" : TONES[incident.severity]} />
      </span>
      <div className={styles.what}>
        <Link to={`/incidents/${incident.id}`} className={styles.title}>
          {title}
        </Link>
        <span className={styles.quiet}> {t(`severity.${incident.severity}`)}</span>
        {cause && <p>{cause}</p>}
        <p className={styles.quiet}>
          {[affected, incident.held_by && holdOf(incident.held_by), incident.is_flapping && t("flaps")].filter(Boolean).join(" · ")}
        </p>
      </div>
      <time className={styles.since} dateTime={incident.opened_at} title={numbers.moment(incident.opened_at)}>
        {numbers.ago(incident.opened_at)}
      </time>
      <div className={styles.who}>
        <Who incident={incident} onTake={onTake} />
      </div>
    </li>
  );
}
