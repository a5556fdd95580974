// When quiet hours are: from, to, and on which days.
import { useState } from "react";
import { Field } from "../../../parts/field";
import { WeekdaysField } from "../hours/weekdays-field";
import form from "../shared/form.module.css";
import { useQuietWords } from "../shared/quiet-words";
import type { WindowDraft } from "./draft";
import { NIGHT, type QuietHours, quietOf, withQuiet } from "./quiet-hours";

interface FieldsProps {
  draft: WindowDraft;
  onDraft: (draft: WindowDraft) => void;
  wrong: string | null;
}

export function QuietFields({ draft, onDraft, wrong }: FieldsProps) {
  const t = useQuietWords();
  // A time that is half typed has no place in the draft.
  const [hours, put] = useState<QuietHours>(quietOf(draft) ?? NIGHT);
  const change = (part: Partial<QuietHours>) => {
    const next = { ...hours, ...part };
    if (next.weekdays.length === 0) return;
    put(next);
    onDraft(withQuiet(draft, next, Date.now()));
  };
  return (
    <>
      <div className={form.row}>
        <Field label={t("windows.from")} type="time" value={hours.from} onText={(from) => change({ from })} wrong={wrong} />
        <Field label={t("windows.to")} type="time" value={hours.to} onText={(to) => change({ to })} hint={t("windows.toHint")} />
      </div>
      <WeekdaysField chosen={hours.weekdays} onChosen={(weekdays) => change({ weekdays })} />
      <p className={form.help}>{t("windows.weekdaysHint")}</p>
    </>
  );
}
