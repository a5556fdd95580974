// The form of a service: what everyone fills in first, what few need folded away, and a test of it as it stands.
import { type FormEvent, useState } from "react";
import type { ProblemError } from "../../../api/problem";
import type { Service, ServiceType } from "../../../fleet/nouns";
import { useServiceWords } from "../../../fleet/services/words";
import { tellField, tellRest, useAccountWords } from "../../../parts/account-words";
import { SelectField } from "../../../parts/field";
import { Panel } from "../../../parts/panel";
import { Refusal } from "../../../parts/refusal";
import { Button } from "../../../ui/button";
import { type Draft, heldBy, isComplete, isSecretKept, isShown, withValue } from "./draft";
import styles from "./editor.module.css";
import { FieldView } from "./field-view";
import { type Field, fieldsOf, TYPES } from "./fields";
import { TestPanel } from "./test-panel";

const SECTIONS: readonly Field["section"][] = ["main", "request", "good", "timing", "tls", "network", "about"];

interface FormProps {
  first: Draft;
  /** The one that is edited; null for a new one. */
  service: Service | null;
  isBusy: boolean;
  problem: ProblemError | null;
  onSave: (draft: Draft) => void;
  onCancel: () => void;
}

export function ServiceForm({ first, service, isBusy, problem, onSave, onCancel }: FormProps) {
  const t = useServiceWords();
  const say = useAccountWords();
  const [draft, put] = useState(first);
  const fields = fieldsOf(draft.type).filter((field) => isShown(draft, field));
  const paths = fields.map((field) => field.path);
  const view = (field: Field) => (
    <FieldView
      key={field.path}
      field={field}
      type={draft.type}
      value={heldBy(draft, field)}
      onValue={(value) => put((before) => withValue(before, field.path, value))}
      wrong={tellField(say, problem, field.path)}
      isSecretKept={isSecretKept(service, field.path)}
      own={service?.id ?? null}
    />
  );
  const isWeb = draft.type === "http" || draft.type === "https";
  const types = service === null ? TYPES : isWeb ? TYPES.filter((type) => type.startsWith("http")) : [draft.type];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave(draft);
  };
  const isWrong = (field: Field) => problem?.fields.some((one) => one.field === field.path) ?? false;
  return (
    <div className={styles.columns}>
      <form className={styles.form} onSubmit={submit}>
        <Panel title={t("edit.what")}>
          <div className={styles.fields}>
            <SelectField
              label={t("fleet:field.type")}
              value={draft.type}
              choices={types.map((type) => ({ value: type, label: t(`typeLong.${type}`) }))}
              onText={(type) => put((before) => ({ ...before, type: type as ServiceType }))}
            />
            {fields.filter((field) => !field.isAdvanced).map(view)}
          </div>
        </Panel>
        {SECTIONS.map((section) => {
          const own = fields.filter((field) => field.isAdvanced && field.section === section);
          if (own.length === 0) return null;
          return (
            // A section with something wrong in it stands open.
            <details key={section} className={styles.section} open={own.some(isWrong) || undefined}>
              <summary>{t(`edit.section.${section}`)}</summary>
              <div className={styles.fields}>{own.map(view)}</div>
            </details>
          );
        })}
        <Refusal text={tellRest(say, problem, paths)} />
        <div className={styles.buttons}>
          <Button type="submit" look="main" disabled={isBusy || !isComplete(draft)}>
            {t(service ? "fleet:save" : "edit.create")}
          </Button>
          <Button onClick={onCancel}>{t("fleet:cancel")}</Button>
        </div>
      </form>
      <TestPanel
        draft={draft}
        hasSecrets={
          service !== null && (isSecretKept(service, "options.http.secret") || isSecretKept(service, "options.tls.client_key_pem"))
        }
      />
    </div>
  );
}
