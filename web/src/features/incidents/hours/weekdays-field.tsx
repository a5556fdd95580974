// Days of the week to choose from, and their names.
import { formatDay } from "../../../format/time";
import form from "../shared/form.module.css";
import { useQuietWords } from "../shared/quiet-words";
import { useLocale } from "./use-locale";
import { WEEKDAYS, type Weekday } from "./weekdays";

/** Any Monday. */
const MONDAY = Date.UTC(2026, 10, 23);
const DAY_MS = 86_400_000;

export function useWeekdayName(): (weekday: Weekday, width: "long" | "short") => string {
  const locale = useLocale();
  return (weekday, width) => formatDay(MONDAY + WEEKDAYS.indexOf(weekday) * DAY_MS, { weekday: width }, locale, "UTC");
}

export function WeekdaysField({ chosen, onChosen }: { chosen: readonly Weekday[]; onChosen: (weekdays: readonly Weekday[]) => void }) {
  const t = useQuietWords();
  const nameOf = useWeekdayName();
  return (
    <fieldset className={form.set}>
      <legend>{t("windows.weekdays")}</legend>
      <div className={form.buttons}>
        {WEEKDAYS.map((one) => (
          <label key={one} className={form.check} title={nameOf(one, "long")}>
            <input
              type="checkbox"
              checked={chosen.includes(one)}
              onChange={() => onChosen(WEEKDAYS.filter((other) => chosen.includes(other) !== (other === one)))}
            />{" "}
            {nameOf(one, "short")}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
