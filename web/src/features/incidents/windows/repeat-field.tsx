// How a window repeats: plain choices, or a rule of RFC 5545 as one writes it.
import { Field, SelectField } from "../../../parts/field";
import { WEEKDAYS, weekdayOf } from "../hours/weekdays";
import { useWeekdayName, WeekdaysField } from "../hours/weekdays-field";
import { ChoiceRow } from "../shared/choices";
import form from "../shared/form.module.css";
import { useQuietWords } from "../shared/quiet-words";
import { EVERY, MONTH_ON, ORDINALS, type Repeat, ruleOf } from "./repeat";

interface PartProps {
  repeat: Repeat;
  change: (part: Partial<Repeat>) => void;
  first: string;
}

function Month({ repeat, change, first }: PartProps) {
  const t = useQuietWords();
  const nameOf = useWeekdayName();
  return (
    <>
      <SelectField
        label={t("windows.monthOn")}
        value={repeat.monthOn}
        choices={MONTH_ON.map((value) => ({ value, label: t(`windows.month.${value}`, { day: Number(first.slice(8, 10)) || 1 }) }))}
        onText={(text) => change({ monthOn: MONTH_ON.find((one) => one === text) ?? "day" })}
      />
      {repeat.monthOn === "weekday" && (
        <div className={form.row}>
          <SelectField
            label={t("windows.ordinal")}
            value={repeat.ordinal}
            choices={ORDINALS.map((value) => ({ value, label: t(`windows.ordinals.${value === "-1" ? "last" : value}`) }))}
            onText={(text) => change({ ordinal: ORDINALS.find((one) => one === text) ?? "1" })}
          />
          <SelectField
            label={t("windows.weekday")}
            value={repeat.weekday}
            choices={WEEKDAYS.map((value) => ({ value, label: nameOf(value, "long") }))}
            onText={(text) => change({ weekday: WEEKDAYS.find((one) => one === text) ?? "MO" })}
          />
        </div>
      )}
    </>
  );
}

interface FieldProps {
  repeat: Repeat;
  onRepeat: (repeat: Repeat) => void;
  /** The begin of the first time, on the window's clock. */
  first: string;
  wrong: string | null;
}

export function RepeatField({ repeat, onRepeat, first, wrong }: FieldProps) {
  const t = useQuietWords();
  const change = (part: Partial<Repeat>) => onRepeat({ ...repeat, ...part });
  const { every } = repeat;
  const choose = (text: string) => {
    const next = EVERY.find((one) => one === text) ?? "once";
    change({
      every: next,
      // What was chosen plainly is a good begin for a rule of one's own.
      ...(next === "own" && repeat.own === "" && { own: ruleOf(repeat, first) ?? "FREQ=WEEKLY" }),
      ...(next === "weekly" && repeat.weekdays.length === 0 && { weekdays: [weekdayOf(first)] }),
      ...(next === "monthly" && { weekday: weekdayOf(first) }),
    });
  };
  const isPlain = every !== "once" && every !== "own";
  return (
    <>
      <ChoiceRow
        label={t("windows.repeat")}
        value={every}
        choices={EVERY.map((value) => ({ value, label: t(`windows.every.${value}`) }))}
        onValue={choose}
        wrong={every === "own" ? null : wrong}
      />
      {every === "weekly" && <WeekdaysField chosen={repeat.weekdays} onChosen={(weekdays) => change({ weekdays })} />}
      {every === "monthly" && <Month repeat={repeat} change={change} first={first} />}
      {isPlain && (
        <div className={form.row}>
          <Field
            label={t(`windows.interval.${every}`)}
            inputMode="numeric"
            value={repeat.interval}
            onText={(interval) => change({ interval })}
          />
          <Field
            label={t("windows.lastDay")}
            type="date"
            value={repeat.until}
            onText={(until) => change({ until })}
            hint={t("windows.lastDayHint")}
          />
        </div>
      )}
      {every === "own" && (
        <Field
          label={t("windows.rule")}
          value={repeat.own}
          onText={(own) => change({ own })}
          hint={t("windows.ruleHint")}
          spellCheck={false}
          autoCapitalize="characters"
          maxLength={500}
          wrong={wrong}
        />
      )}
    </>
  );
}
