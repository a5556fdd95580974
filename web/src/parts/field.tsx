import { type ComponentProps, type ReactNode, useId } from "react";
import styles from "./form.module.css";

type InputProps = Omit<ComponentProps<"input">, "id" | "onChange" | "value">;

export interface FieldProps extends InputProps {
  label: string;
  value: string;
  onText: (text: string) => void;
  hint?: ReactNode;
  wrong?: string | null;
}

/** A labelled input; what is wrong with it is read out with it. */
export function Field({ label, value, onText, hint, wrong = null, ...input }: FieldProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        value={value}
        aria-invalid={wrong !== null}
        aria-describedby={`${id}-about`}
        onChange={(event) => onText(event.target.value)}
      />
      <div id={`${id}-about`}>
        {wrong !== null ? <p className={styles.wrong}>{wrong}</p> : null}
        {hint ? <p className={styles.hint}>{hint}</p> : null}
      </div>
    </div>
  );
}

export interface Choice {
  value: string;
  label: string;
}

export interface SelectFieldProps {
  label: string;
  value: string;
  choices: readonly Choice[];
  onText: (text: string) => void;
  wrong?: string | null;
}

export function SelectField({ label, value, choices, onText, wrong = null }: SelectFieldProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} aria-describedby={`${id}-about`} onChange={(event) => onText(event.target.value)}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <div id={`${id}-about`}>{wrong !== null ? <p className={styles.wrong}>{wrong}</p> : null}</div>
    </div>
  );
}
