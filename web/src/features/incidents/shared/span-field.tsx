// A length of time: a number and its unit.
import { useId } from "react";
import form from "./form.module.css";
import { useQuietWords } from "./quiet-words";
import { type Span, UNITS } from "./span";

interface SpanProps {
  label: string;
  value: Span;
  onValue: (value: Span) => void;
  hint?: string;
  wrong?: string | null;
  placeholder?: string;
}

export function SpanField({ label, value, onValue, hint = "", wrong = null, placeholder = "" }: SpanProps) {
  const t = useQuietWords();
  const about = useId();
  return (
    <fieldset className={form.set} aria-describedby={about}>
      <legend>{label}</legend>
      <div className={form.line}>
        <input
          inputMode="decimal"
          aria-label={label}
          aria-invalid={wrong !== null}
          placeholder={placeholder}
          value={value.amount}
          onChange={(event) => onValue({ ...value, amount: event.target.value })}
        />
        <select
          className={form.unit}
          aria-label={t("span.unit", { name: label })}
          value={value.unit}
          onChange={(event) => onValue({ ...value, unit: UNITS.find((one) => one === event.target.value) ?? "s" })}
        >
          {UNITS.map((unit) => (
            <option key={unit} value={unit}>
              {t(`span.${unit}`)}
            </option>
          ))}
        </select>
      </div>
      <p id={about} className={wrong === null ? form.help : form.wrong}>
        {wrong ?? hint}
      </p>
    </fieldset>
  );
}
