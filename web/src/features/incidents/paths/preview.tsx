// Whom the path of the form would tell and when, in sentences one can check with one's colleagues.
import { useState } from "react";
import type { Channel, Severity } from "../../../fleet/nouns";
import { useNumbers } from "../../../fleet/numbers";
import { Panel } from "../../../parts/panel";
import { SEVERITIES, useAlertWords } from "../../../views/alerts/words";
import { WEEKDAYS } from "../hours/weekdays";
import { useWeekdayName } from "../hours/weekdays-field";
import { ChoiceRow } from "../shared/choices";
import form from "../shared/form.module.css";
import { useQuietWords } from "../shared/quiet-words";
import { secondsOf } from "../shared/span";
import { type HoursDraft, minutesOf, type PathDraft } from "./draft";
import styles from "./paths.module.css";
import { isHeard, type Telling, tellingsOf } from "./telling";

/** "Mon, Tue 22:00–07:00 (Europe/Oslo)" */
function useHours(): (hours: HoursDraft) => string {
  const t = useQuietWords();
  const nameOf = useWeekdayName();
  return ({ weekdays, from, to, zone }) => {
    const days = weekdays.length === WEEKDAYS.length ? t("paths.daily") : weekdays.map((one) => nameOf(one, "short")).join(", ");
    return t("paths.hours", { days, from, to, zone });
  };
}

/** "At once" or "After 15 min" */
export function useMoment(): (minutes: number) => string {
  const t = useQuietWords();
  const numbers = useNumbers();
  return (minutes) => (minutes === 0 ? t("paths.atOnce") : t("paths.afterSpan", { span: numbers.duration(minutes * 60) }));
}

function Line({ telling }: { telling: Telling }) {
  const t = useQuietWords();
  const momentOf = useMoment();
  const hoursOf = useHours();
  const { told, minutes, hours } = telling;
  const names = told.map(({ name, mute }) => (mute === null ? name : t("paths.muted", { name, why: t(`paths.mutes.${mute}`) })));
  return (
    <li className={styles.moment}>
      <b>{momentOf(minutes)}</b>
      <span className={isHeard(telling) ? undefined : form.wrong}>{told.length === 0 ? t("paths.nobody") : names.join(", ")}</span>
      {hours && <span className={form.help}>{hoursOf(hours)}</span>}
    </li>
  );
}

export function PathPreview({ draft, channels }: { draft: PathDraft; channels: readonly Channel[] }) {
  const t = useQuietWords();
  const alertWords = useAlertWords();
  const numbers = useNumbers();
  const [severity, put] = useState<Severity>("critical");
  const tellings = tellingsOf(draft, severity, channels);
  const isLastTold = tellings.at(-1)?.step === draft.steps.length - 1;
  const repeat = draft.repeat !== null && isLastTold && minutesOf(draft.repeat) ? (secondsOf(draft.repeat) ?? 0) : null;
  return (
    <Panel title={t("paths.preview")} hint={t("paths.previewHint")}>
      <div className={`${form.fields} ${form.said}`} aria-live="polite">
        <ChoiceRow
          label={t("paths.ofAlert")}
          value={severity}
          choices={SEVERITIES.map((value) => ({ value, label: alertWords(`severity.${value}`) }))}
          onValue={(value) => put(SEVERITIES.find((one) => one === value) ?? "critical")}
        />
        {tellings.length === 0 ? (
          <p className={form.wrong}>{t("paths.silent")}</p>
        ) : (
          <ol className={styles.moments} aria-label={t("paths.preview")}>
            {tellings.map((telling) => (
              <Line key={telling.step} telling={telling} />
            ))}
          </ol>
        )}
        {tellings.length > 0 && (
          <p>{repeat === null ? t(`paths.then.${severity}`) : t("paths.again", { span: numbers.duration(repeat) })}</p>
        )}
        <p className={form.help}>{t("paths.ends")}</p>
      </div>
    </Panel>
  );
}
