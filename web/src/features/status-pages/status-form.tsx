// The form of a status page: its address and look, its groups, its notices.
import { type FormEvent, useState } from "react";
import type { ProblemError } from "../../api/problem";
import type { StatusPage } from "../../fleet/nouns";
import { useServiceWords } from "../../fleet/services/words";
import { useStream } from "../../fleet/world";
import { LANGUAGES } from "../../i18n/languages";
import { tellField, tellRest, useAccountWords } from "../../parts/account-words";
import { Edges } from "../../parts/edges";
import { Field, SelectField } from "../../parts/field";
import { Panel } from "../../parts/panel";
import { Refusal } from "../../parts/refusal";
import { Button } from "../../ui/button";
import { GroupsEditor } from "./groups-editor";
import { NoticesEditor } from "./notices-editor";
import { isComplete, type PageDraft, slugOf } from "./page-draft";
import styles from "./status-pages.module.css";

const THEMES: readonly StatusPage["theme"][] = ["system", "light", "dark"];
const FIELDS = ["slug", "title", "description", "show_history_days"];

interface FormProps {
  first: PageDraft;
  isNew: boolean;
  isBusy: boolean;
  problem: ProblemError | null;
  onSave: (draft: PageDraft) => void;
  onCancel: () => void;
}

export function StatusForm({ first, isNew, isBusy, problem, onSave, onCancel }: FormProps) {
  const t = useServiceWords();
  const say = useAccountWords();
  const stream = useStream("services");
  const [draft, put] = useState(first);
  const change = (part: Partial<PageDraft>) => put((before) => ({ ...before, ...part }));
  // The address follows the title until somebody gives it one.
  const name = (title: string) => change({ title, ...(isNew && draft.slug === slugOf(draft.title) && { slug: slugOf(title) }) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave(draft);
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.columns}>
        <Panel title={t("status.about")}>
          <div className={styles.fields}>
            <Field
              label={t("status.name")}
              value={draft.title}
              onText={name}
              wrong={tellField(say, problem, "title")}
              maxLength={100}
              required
            />
            <Field
              label={t("status.slug")}
              value={draft.slug}
              onText={(slug) => change({ slug })}
              wrong={tellField(say, problem, "slug")}
              hint={`${globalThis.location.origin}/status/${draft.slug || "…"}`}
              maxLength={64}
              pattern="[a-z0-9]+(-[a-z0-9]+)*"
              required
            />
            <label className={styles.text}>
              {t("fleet:field.description")}
              <textarea
                rows={3}
                maxLength={2000}
                value={draft.description}
                onChange={(event) => change({ description: event.target.value })}
              />
            </label>
            <label className={styles.check}>
              <input type="checkbox" checked={draft.is_public} onChange={(event) => change({ is_public: event.target.checked })} />{" "}
              {t("status.makePublic")}
            </label>
            <p className={styles.help}>{t("status.publicHelp")}</p>
            <Field
              label={t("status.days")}
              type="number"
              min={1}
              max={90}
              value={draft.days}
              onText={(days) => change({ days })}
              wrong={tellField(say, problem, "show_history_days")}
            />
            <SelectField
              label={t("status.theme")}
              value={draft.theme}
              choices={THEMES.map((theme) => ({ value: theme, label: t(`status.themes.${theme}`) }))}
              onText={(text) => change({ theme: THEMES.find((one) => one === text) ?? "system" })}
            />
            <SelectField
              label={t("status.language")}
              value={draft.language}
              choices={LANGUAGES.map(({ code, name: label }) => ({ value: code, label }))}
              onText={(text) => change({ language: LANGUAGES.find(({ code }) => code === text)?.code ?? "en" })}
            />
          </div>
        </Panel>
        <div className={styles.side}>
          <Panel title={t("status.groups")} hint={t("status.groupsHint")}>
            <Edges stream={stream}>
              <GroupsEditor groups={draft.groups} onGroups={(groups) => change({ groups })} />
            </Edges>
          </Panel>
          <Panel title={t("status.notices")} hint={t("status.noticesHint")}>
            <NoticesEditor notices={draft.notices} onNotices={(notices) => change({ notices })} />
          </Panel>
        </div>
      </div>
      <Refusal text={tellRest(say, problem, FIELDS)} />
      <div className={styles.buttons}>
        <Button type="submit" look="main" disabled={isBusy || !isComplete(draft)}>
          {t("fleet:save")}
        </Button>
        <Button onClick={onCancel}>{t("fleet:cancel")}</Button>
      </div>
    </form>
  );
}
