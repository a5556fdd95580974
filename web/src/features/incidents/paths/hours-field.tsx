// The hours in which a step speaks, when it does not at any time.
import { Field } from "../../../parts/field";
import { WeekdaysField } from "../hours/weekdays-field";
import { ZoneField } from "../hours/zone-field";
import { Check } from "../shared/choices";
import form from "../shared/form.module.css";
import { ownZone } from "../shared/local-time";
import { useQuietWords } from "../shared/quiet-words";
import { type HoursDraft, type StepFault, usualHours } from "./draft";

interface FieldProps {
  hours: HoursDraft | null;
  onHours: (hours: HoursDraft | null) => void;
  /** What of it has to be mended. */
  fault: StepFault | null;
  refused: (part: string) => string | null;
}

export function HoursField({ hours, onHours, fault, refused }: FieldProps) {
  const t = useQuietWords();
  const change = (part: Partial<HoursDraft>) => hours && onHours({ ...hours, ...part });
  return (
    <>
      <Check label={t("paths.onlyAt")} isOn={hours !== null} onChange={(isOn) => onHours(isOn ? usualHours(ownZone()) : null)} />
      {hours !== null && (
        <>
          <div className={form.row}>
            <Field
              label={t("windows.from")}
              type="time"
              value={hours.from}
              onText={(from) => change({ from })}
              wrong={fault === "hours" ? t("paths.wrong.hours") : (refused("from") ?? refused("to") ?? refused("days"))}
            />
            <Field
              label={t("windows.to")}
              type="time"
              // A day ends at midnight, which clocks call 00:00.
              value={hours.to === "24:00" ? "00:00" : hours.to}
              onText={(to) => change({ to })}
              hint={t("windows.toHint")}
            />
          </div>
          <WeekdaysField chosen={hours.weekdays} onChosen={(weekdays) => change({ weekdays })} />
          <ZoneField
            value={hours.zone}
            onText={(zone) => change({ zone })}
            wrong={fault === "zone" ? t("windows.wrong.zone") : refused("time_zone")}
          />
          <p className={form.help}>{t("paths.onlyAtHelp")}</p>
        </>
      )}
    </>
  );
}
