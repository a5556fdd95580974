// Fields that hold several lines of several parts: rules, headers, the steps of a talk, members.
import { useId, useState } from "react";
import type { CheckAssertion, Service } from "../../../fleet/nouns";
import { useServiceWords } from "../../../fleet/services/words";
import { useServicesNow } from "../../../fleet/services/world";
import { PlainButton } from "../../../parts/order-button";
import styles from "./editor.module.css";
import type { HeaderLine, Step } from "./fields";

const SOURCES = [
  "status",
  "body",
  "json:/",
  "header:",
  "total_ms",
  "ttfb_ms",
  "cert_days",
  "remote_ip",
  "body_len",
  "redirects",
  "http_version",
];
const OPS = ["==", "!=", "<", "<=", ">", ">=", "contains", "!contains", "matches", "!matches", "in", "!in", "exists", "!exists"] as const;

interface ListProps<T> {
  label: string;
  value: readonly T[];
  onValue: (value: readonly T[]) => void;
}

const replaced = <T,>(all: readonly T[], at: number, part: Partial<T>): T[] => all.map((one, i) => (i === at ? { ...one, ...part } : one));

function Remove({ label, onRemove }: { label: string; onRemove: () => void }) {
  const t = useServiceWords();
  return (
    <button type="button" className={styles.remove} aria-label={t("edit.removeLine", { name: label })} onClick={onRemove}>
      ×
    </button>
  );
}

export function RulesField({ label, value, onValue }: ListProps<CheckAssertion>) {
  const t = useServiceWords();
  const sources = useId();
  return (
    <fieldset className={styles.list}>
      <legend>{label}</legend>
      <datalist id={sources}>
        {SOURCES.map((source) => (
          <option key={source} value={source} />
        ))}
      </datalist>
      {value.map((rule, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place
        <div key={i} className={styles.line}>
          <input
            list={sources}
            aria-label={t("edit.ruleSource")}
            placeholder="status"
            value={rule.source}
            onChange={(event) => onValue(replaced(value, i, { source: event.target.value }))}
          />
          <select
            aria-label={t("edit.ruleOp")}
            value={rule.op}
            onChange={(event) => onValue(replaced(value, i, { op: OPS.find((op) => op === event.target.value) ?? "==" }))}
          >
            {OPS.map((op) => (
              <option key={op}>{op}</option>
            ))}
          </select>
          <input
            aria-label={t("edit.ruleValue")}
            placeholder="200"
            value={rule.value}
            onChange={(event) => onValue(replaced(value, i, { value: event.target.value }))}
          />
          <Remove label={`${rule.source} ${rule.op} ${rule.value}`} onRemove={() => onValue(value.filter((_, at) => at !== i))} />
        </div>
      ))}
      <PlainButton onClick={() => onValue([...value, { source: "", op: "==", value: "" }])}>{t("edit.addRule")}</PlainButton>
    </fieldset>
  );
}

export function HeadersField({ label, value, onValue }: ListProps<HeaderLine>) {
  const t = useServiceWords();
  return (
    <fieldset className={styles.list}>
      <legend>{label}</legend>
      {value.map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place
        <div key={i} className={styles.line}>
          <input
            aria-label={t("fleet:field.name")}
            placeholder="Accept"
            value={line.name}
            onChange={(event) => onValue(replaced(value, i, { name: event.target.value, isKept: false }))}
          />
          <input
            aria-label={t("edit.ruleValue")}
            placeholder={line.isKept ? t("edit.kept") : ""}
            value={line.value}
            autoComplete="off"
            onChange={(event) => onValue(replaced(value, i, { value: event.target.value }))}
          />
          <Remove label={line.name} onRemove={() => onValue(value.filter((_, at) => at !== i))} />
        </div>
      ))}
      <PlainButton onClick={() => onValue([...value, { name: "", value: "", isKept: false }])}>{t("edit.addHeader")}</PlainButton>
    </fieldset>
  );
}

const STEPS: readonly Step["kind"][] = ["expect", "send", "start_tls"];

export function StepsField({ label, value, onValue }: ListProps<Step>) {
  const t = useServiceWords();
  return (
    <fieldset className={styles.list}>
      <legend>{label}</legend>
      {value.map((step, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place
        <div key={i} className={styles.line}>
          <select
            aria-label={t("edit.stepKind")}
            value={step.kind}
            onChange={(event) => onValue(replaced(value, i, { kind: STEPS.find((kind) => kind === event.target.value) ?? "expect" }))}
          >
            {STEPS.map((kind) => (
              <option key={kind} value={kind}>
                {t(`edit.step.${kind}`)}
              </option>
            ))}
          </select>
          <input
            aria-label={t("edit.ruleValue")}
            disabled={step.kind === "start_tls"}
            value={step.text}
            onChange={(event) => onValue(replaced(value, i, { text: event.target.value }))}
          />
          <Remove label={step.text} onRemove={() => onValue(value.filter((_, at) => at !== i))} />
        </div>
      ))}
      <PlainButton onClick={() => onValue([...value, { kind: "expect", text: "" }])}>{t("edit.addStep")}</PlainButton>
    </fieldset>
  );
}

const MOST_OFFERED = 12;

const offered = (all: readonly Service[], chosen: readonly string[], own: string | null, wanted: string): Service[] =>
  all
    .filter((one) => one.id !== own && !chosen.includes(one.id) && one.name.toLowerCase().includes(wanted.toLowerCase()))
    .sort((a, b) => a.name.localeCompare(b.name))
    .slice(0, MOST_OFFERED);

export function MembersField({ label, value, onValue, own }: ListProps<string> & { own: string | null }) {
  const t = useServiceWords();
  const services = useServicesNow();
  const [wanted, setWanted] = useState("");
  const nameOf = (id: string) => services.find((one) => one.id === id)?.name ?? id;
  return (
    <fieldset className={styles.list}>
      <legend>{label}</legend>
      <ul className={styles.members}>
        {value.map((id) => (
          <li key={id}>
            {nameOf(id)}
            <Remove label={nameOf(id)} onRemove={() => onValue(value.filter((one) => one !== id))} />
          </li>
        ))}
      </ul>
      <input
        aria-label={t("edit.findMember")}
        placeholder={t("edit.findMember")}
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
      />
      <div className={styles.offers}>
        {offered(services, value, own, wanted).map((one) => (
          <PlainButton key={one.id} onClick={() => onValue([...value, one.id])}>
            + {one.name}
          </PlainButton>
        ))}
      </div>
    </fieldset>
  );
}
