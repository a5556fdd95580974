// One field of the editor, by its kind.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId } from "react";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import type { CheckAssertion, ServiceType } from "../../../fleet/nouns";
import { useServiceWords } from "../../../fleet/services/words";
import type { Subject } from "../../../fleet/services/world";
import { SelectField, Field as TextField } from "../../../parts/field";
import form from "../../../parts/form.module.css";
import styles from "./editor.module.css";
import { type Field, type FieldValue, type HeaderLine, type Step, wordOf } from "./fields";
import { HeadersField, MembersField, RulesField, StepsField } from "./list-fields";
import { SubjectField } from "./subject-field";

/** Addresses look the same in every language. */
const EXAMPLES: Partial<Record<ServiceType, string>> = {
  http: "http://shop.example.org/health",
  https: "https://shop.example.org/health",
  ping: "10.20.0.1",
  port: "db.example.org",
  dns: "shop.example.org",
  tls: "mail.example.org",
};

interface ViewProps {
  field: Field;
  type: ServiceType;
  value: FieldValue;
  onValue: (value: FieldValue) => void;
  /** What the server found wrong with it. */
  wrong: string | null;
  isSecretKept: boolean;
  /** The service that is edited, which cannot be a member of itself. */
  own: string | null;
}

function Area({
  label,
  value,
  onText,
  wrong,
  hint,
}: {
  label: string;
  value: string;
  onText: (text: string) => void;
  wrong: string | null;
  hint: string | null;
}) {
  const id = useId();
  return (
    <div className={form.field}>
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className={styles.area}
        rows={4}
        value={value}
        aria-invalid={wrong !== null}
        aria-describedby={`${id}-about`}
        onChange={(event) => onText(event.target.value)}
      />
      <div id={`${id}-about`}>
        {wrong !== null && <p className={form.wrong}>{wrong}</p>}
        {hint && <p className={form.hint}>{hint}</p>}
      </div>
    </div>
  );
}

function ProgramField({
  label,
  value,
  onText,
  wrong,
  hint,
}: {
  label: string;
  value: string;
  onText: (text: string) => void;
  wrong: string | null;
  hint: string | null;
}) {
  const t = useServiceWords();
  const programs = useQuery({ queryKey: ["check-programs"], queryFn: () => answer(client.GET("/api/services/programs")) });
  const names = programs.data?.programs ?? [];
  if (programs.isSuccess && names.length === 0) return <p className={styles.note}>{t("edit.noPrograms")}</p>;
  const choices = [{ value: "", label: "–" }, ...names.map((name) => ({ value: name, label: name }))];
  return (
    <div>
      <SelectField label={label} value={value} choices={choices} onText={onText} wrong={wrong} />
      {hint && <p className={form.hint}>{hint}</p>}
    </div>
  );
}

function WithHint({ hint, wrong, children }: { hint: string | null; wrong: string | null; children: ReactNode }) {
  return (
    <div className={form.field}>
      {children}
      {wrong !== null && <p className={form.wrong}>{wrong}</p>}
      {hint && <p className={form.hint}>{hint}</p>}
    </div>
  );
}

export function FieldView({ field, type, value, onValue, wrong, isSecretKept, own }: ViewProps) {
  const t = useServiceWords();
  const word = wordOf(field);
  const label = t(word === "target" ? `edit.targetOf.${type}` : `edit.${word}`);
  const hint = field.hasHint ? t(`edit.hint.${word}`) : null;
  const shared = { label, wrong, hint };
  switch (field.kind) {
    case "select":
      return (
        <SelectField
          label={label}
          value={String(value)}
          choices={(field.choices ?? []).map((one) => ({ value: one, label: field.isWorded ? t(`edit.choice.${word}.${one}`) : one }))}
          onText={onValue}
          wrong={wrong}
        />
      );
    case "check":
      return (
        <WithHint hint={hint} wrong={wrong}>
          <label className={styles.check}>
            <input type="checkbox" checked={value === true} onChange={(event) => onValue(event.target.checked)} /> {label}
          </label>
        </WithHint>
      );
    case "area":
    case "lines":
      return <Area {...shared} value={String(value)} onText={onValue} />;
    case "program":
      return <ProgramField {...shared} value={String(value)} onText={onValue} />;
    case "number":
      return (
        <TextField
          {...shared}
          type="number"
          inputMode="decimal"
          step="any"
          min={field.least}
          max={field.most}
          required={field.isRequired}
          value={String(value ?? "")}
          onText={onValue}
        />
      );
    case "secret":
      return (
        <TextField
          {...shared}
          type="password"
          autoComplete="new-password"
          placeholder={isSecretKept ? t("edit.kept") : ""}
          value={String(value)}
          onText={onValue}
        />
      );
    case "rules":
      return (
        <WithHint hint={hint} wrong={wrong}>
          <RulesField label={label} value={value as readonly CheckAssertion[]} onValue={onValue} />
        </WithHint>
      );
    case "headers":
      return (
        <WithHint hint={hint} wrong={wrong}>
          <HeadersField label={label} value={value as readonly HeaderLine[]} onValue={onValue} />
        </WithHint>
      );
    case "steps":
      return (
        <WithHint hint={hint} wrong={wrong}>
          <StepsField label={label} value={value as readonly Step[]} onValue={onValue} />
        </WithHint>
      );
    case "members":
      return (
        <WithHint hint={hint} wrong={wrong}>
          <MembersField label={label} value={value as readonly string[]} onValue={onValue} own={own} />
        </WithHint>
      );
    case "subject":
      return (
        <WithHint hint={hint} wrong={wrong}>
          <SubjectField label={label} value={value as Subject | null} onValue={onValue} />
        </WithHint>
      );
    default:
      return (
        <TextField
          {...shared}
          placeholder={word === "target" ? (EXAMPLES[type] ?? "") : ""}
          required={field.isRequired}
          autoComplete="off"
          value={String(value)}
          onText={onValue}
        />
      );
  }
}
