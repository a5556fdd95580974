// Small pieces of the forms of silences, windows and rules: buttons of which one is chosen, a mark, a way to take away.
import type { ReactNode } from "react";
import { Button } from "../../../ui/button";
import form from "./form.module.css";

interface ChoiceProps {
  label: string;
  value: string;
  choices: readonly { value: string; label: string }[];
  onValue: (value: string) => void;
  wrong?: string | null;
  children?: ReactNode;
}

export function ChoiceRow({ label, value, choices, onValue, wrong = null, children }: ChoiceProps) {
  return (
    <fieldset className={form.set}>
      <legend>{label}</legend>
      <div className={form.buttons}>
        {choices.map((one) => (
          <Button
            key={one.value}
            aria-pressed={one.value === value}
            className={one.value === value ? (form.chosen ?? "") : ""}
            onClick={() => onValue(one.value)}
          >
            {one.label}
          </Button>
        ))}
      </div>
      {children}
      {wrong !== null && <p className={form.wrong}>{wrong}</p>}
    </fieldset>
  );
}

export function Check({ label, isOn, onChange }: { label: string; isOn: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <label className={form.check}>
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.target.checked)} /> {label}
    </label>
  );
}

export function TakeAway({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <button type="button" className={form.remove} aria-label={label} title={label} onClick={onClick}>
      ×
    </button>
  );
}
