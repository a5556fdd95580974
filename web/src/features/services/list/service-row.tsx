// One row of the list of services, or the head of a group. A row listens to its own service only.
// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot place a window of thousands of rows
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row, as ARIA describes
import { memo } from "react";
import { Link } from "react-router";
import type { Service } from "../../../fleet/nouns";
import type { Numbers } from "../../../fleet/numbers";
import { isUndecided, serviceLook, targetText } from "../../../fleet/services/look";
import { subjectOf, useService, useSubjectName } from "../../../fleet/services/world";
import type { Words } from "../../../fleet/words";
import { Shape } from "../../../parts/state-mark";
import { RowBar } from "../../../views/services/heartbeat";
import { Share } from "../../../views/services/share";
import type { GroupHead } from "./service-order";
import styles from "./services-page.module.css";

export const ROW_HEIGHT = 48;

interface PlaceProps {
  index: number;
  isCurrent: boolean;
  onPoint: (index: number) => void;
  t: Words;
  numbers: Numbers;
}

interface RowProps extends PlaceProps {
  id: string;
  isSelected: boolean;
  onOpen: (id: string) => void;
}

const placed = (index: number) => ({ transform: `translateY(${index * ROW_HEIGHT}px)` });

/** What the state alone does not say: a decision that is pending, maintenance, what is to blame. */
function sideWord(service: Service, t: Words): string | null {
  if (service.maintenance_mode) return t("maintenance");
  if (service.status === "unreachable" && service.cause) return t("list.because", { name: service.cause.name });
  if (isUndecided(service)) return t(`undecided.${service.phase}`);
  return null;
}

export const ServiceRow = memo(function ServiceRow({ id, index, isCurrent, isSelected, onPoint, onOpen, t, numbers }: RowProps) {
  const service = useService(id);
  const subject = useSubjectName(service ? subjectOf(service) : null);
  if (!service) return null;
  const look = serviceLook(service);
  const side = sideWord(service, t);
  const where = [t(`type.${service.type}`), targetText(service)].filter(Boolean).join(" · ");
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself takes the keys
    <div
      role="row"
      id={`service-${index}`}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      tabIndex={-1}
      className={`${styles.row} ${isCurrent ? styles.current : ""} ${isSelected ? styles.selected : ""}`}
      style={placed(index)}
      onMouseDown={() => onPoint(index)}
      onClick={() => onOpen(id)}
    >
      <span role="gridcell" className={styles.state}>
        <Shape tone={look.tone} />
        <span className={styles.stack}>
          <span>{t(`fleet:${look.word}`)}</span>
          {side && <span className={styles.second}>{side}</span>}
        </span>
      </span>
      <span role="gridcell" className={styles.stack}>
        <span className={styles.name} title={service.name}>
          {service.name}
        </span>
        <span className={styles.second} title={where}>
          {where}
        </span>
      </span>
      <span role="gridcell" className={`${styles.stack} ${styles.subject}`} title={subject}>
        {subject}
        {service.tags.length > 0 && <span className={styles.second}>{service.tags.join(", ")}</span>}
      </span>
      <span role="gridcell" className={styles.bar}>
        <RowBar heartbeat={service.heartbeat} t={t} numbers={numbers} />
      </span>
      <span role="gridcell" className={styles.number}>
        <Share share={service.uptime_day} t={t} numbers={numbers} />
      </span>
      <span role="gridcell" className={`${styles.number} ${styles.far}`}>
        <Share share={service.uptime_month} t={t} numbers={numbers} />
      </span>
      <span role="gridcell" className={`${styles.number} ${styles.far}`}>
        <Share share={service.uptime_quarter} t={t} numbers={numbers} />
      </span>
      <span role="gridcell" className={`${styles.number} ${styles.latency}`}>
        {numbers.millis(service.response_time)}
        <span className={styles.second}>{t("list.p95Short", { time: numbers.millis(service.response_time_p95) })}</span>
      </span>
    </div>
  );
});

export function GroupRow({ head, index, isCurrent, onPoint, t }: PlaceProps & { head: GroupHead }) {
  return (
    <div
      role="row"
      id={`service-${index}`}
      aria-rowindex={index + 2}
      tabIndex={-1}
      className={`${styles.groupRow} ${isCurrent ? styles.current : ""}`}
      style={placed(index)}
      onMouseDown={() => onPoint(index)}
    >
      <span role="gridcell" aria-colspan={8}>
        {head.to ? <Link to={head.to}>{head.name || "–"}</Link> : <b>{head.name || t("list.without")}</b>}{" "}
        <span className={styles.second}>
          {t("count", { count: head.count })}
          {head.down > 0 && ` · ${t("downCount", { count: head.down })}`}
        </span>
      </span>
    </div>
  );
}
