// The form of a channel: the fields of its type, and whom it speaks to.
import { type FormEvent, useId, useState } from "react";
import type { ProblemError } from "../../api/problem";
import type { ChannelType } from "../../fleet/nouns";
import { LANGUAGES } from "../../i18n/languages";
import { tellField, tellRest, useAccountWords } from "../../parts/account-words";
import { Field, SelectField } from "../../parts/field";
import { Panel } from "../../parts/panel";
import { Refusal } from "../../parts/refusal";
import { Button } from "../../ui/button";
import styles from "./channels.module.css";
import { type Draft, emptyDraft, isComplete, SEVERITIES } from "./draft";
import { CHANNEL_FIELDS, CHANNEL_TYPES, type ChannelField } from "./fields";
import { useChannelWords } from "./words";

/** The values of a template of a webhook, as one writes them. */
const NAMES = ["heading", "title", "cause", "severity", "since", "link"].map((name) => `{{${name}}}`).join(", ");

interface SettingProps {
  field: ChannelField;
  value: string;
  isKept: boolean;
  wrong: string | null;
  onText: (text: string) => void;
}

function Setting({ field, value, isKept, wrong, onText }: SettingProps) {
  const t = useChannelWords();
  const label = t(`field.${field.name}`);
  const hint = t(`hint.${field.name}`, { defaultValue: "", names: NAMES });
  const kept = field.isSecret && isKept ? t("kept") : "";
  if (field.kind === "choice")
    return (
      <SelectField
        label={label}
        value={value || field.usual || ""}
        choices={(field.choices ?? []).map((one) => ({ value: one, label: t(`choice.${one}`, { defaultValue: one }) }))}
        onText={onText}
        wrong={wrong}
      />
    );
  if (field.kind === "text")
    return (
      <label className={styles.text}>
        {label}
        <textarea
          rows={4}
          spellCheck={false}
          value={value}
          placeholder={kept}
          aria-invalid={wrong !== null}
          onChange={(event) => onText(event.target.value)}
        />
        <span className={wrong ? styles.wrong : styles.help}>{wrong ?? hint}</span>
      </label>
    );
  return (
    <Field
      label={label}
      type={field.isSecret && field.kind !== "url" ? "password" : field.kind === "number" ? "number" : "text"}
      autoComplete={field.isSecret ? "new-password" : "off"}
      spellCheck={false}
      autoCapitalize="none"
      value={value}
      placeholder={kept || field.usual || ""}
      required={(field.isNeeded ?? false) && !isKept}
      onText={onText}
      hint={hint}
      wrong={wrong}
    />
  );
}

interface FormProps {
  first: Draft;
  isNew: boolean;
  /** Names of the secrets that the server keeps. */
  kept: readonly string[];
  isBusy: boolean;
  problem: ProblemError | null;
  onSave: (draft: Draft) => void;
  onCancel: () => void;
}

export function ChannelForm({ first, isNew, kept, isBusy, problem, onSave, onCancel }: FormProps) {
  const t = useChannelWords();
  const say = useAccountWords();
  const about = useId();
  const [draft, put] = useState(first);
  const [wasTried, setTried] = useState(false);
  const lacksSeverity = draft.severities.length === 0;
  const change = (part: Partial<Draft>) => put((before) => ({ ...before, ...part }));
  const fields = CHANNEL_FIELDS[draft.type];
  // What the server says of a field is more exact than any word of ours.
  const wrongOf = (name: string) => problem?.fields.find((one) => one.field === `settings.${name}`)?.message ?? null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!lacksSeverity) onSave(draft);
  };
  const known = ["name", "time_zone", ...fields.map((field) => `settings.${field.name}`)];
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.columns}>
        <Panel title={t("where")}>
          <div className={styles.fields}>
            <SelectField
              label={t("type")}
              value={draft.type}
              choices={(isNew ? CHANNEL_TYPES : [draft.type]).map((type) => ({ value: type, label: t(`types.${type}`) }))}
              onText={(type) => put((before) => ({ ...emptyDraft(type as ChannelType, before.language, before.zone), name: before.name }))}
            />
            <Field
              label={t("name")}
              value={draft.name}
              onText={(name) => change({ name })}
              wrong={tellField(say, problem, "name")}
              maxLength={100}
              required
            />
            {fields.map((field) => (
              <Setting
                key={field.name}
                field={field}
                value={draft.settings[field.name] ?? ""}
                isKept={kept.includes(field.name)}
                wrong={wrongOf(field.name)}
                onText={(text) => change({ settings: { ...draft.settings, [field.name]: text } })}
              />
            ))}
          </div>
        </Panel>
        <Panel title={t("whom")}>
          <div className={styles.fields}>
            <SelectField
              label={t("language")}
              value={draft.language}
              choices={LANGUAGES.map(({ code, name }) => ({ value: code, label: name }))}
              onText={(text) => change({ language: LANGUAGES.find(({ code }) => code === text)?.code ?? "en" })}
            />
            <Field
              label={t("zone")}
              value={draft.zone}
              onText={(zone) => change({ zone })}
              wrong={problem?.fields.some((one) => one.field === "time_zone") ? t("zoneUnknown") : null}
              hint={t("zoneHint")}
              spellCheck={false}
              required
            />
            <fieldset className={styles.set} aria-describedby={about}>
              <legend>{t("severities")}</legend>
              {SEVERITIES.map((one) => (
                <label key={one} className={styles.check}>
                  <input
                    type="checkbox"
                    checked={draft.severities.includes(one)}
                    onChange={() => {
                      const next = draft.severities.includes(one);
                      change({ severities: SEVERITIES.filter((other) => (other === one ? !next : draft.severities.includes(other))) });
                    }}
                  />{" "}
                  {t(`severity.${one}`)}
                </label>
              ))}
              <span id={about} role="alert" className={styles.wrong}>
                {wasTried && lacksSeverity ? t("severitiesNone") : ""}
              </span>
            </fieldset>
            <label className={styles.check}>
              <input type="checkbox" checked={draft.sendsResolved} onChange={(event) => change({ sendsResolved: event.target.checked })} />{" "}
              {t("sendsResolved")}
            </label>
            <label className={styles.check}>
              <input type="checkbox" checked={draft.isActive} onChange={(event) => change({ isActive: event.target.checked })} />{" "}
              {t("isActive")}
            </label>
            <p className={styles.help}>{t("isActiveHelp")}</p>
          </div>
        </Panel>
      </div>
      <Refusal text={tellRest(say, problem, known)} />
      <div className={styles.buttons}>
        <Button type="submit" look="main" disabled={isBusy || !isComplete(draft, kept)}>
          {t("fleet:save")}
        </Button>
        <Button onClick={onCancel}>{t("fleet:cancel")}</Button>
      </div>
    </form>
  );
}
