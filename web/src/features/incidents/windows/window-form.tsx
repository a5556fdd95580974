// The form of a maintenance window: whom it covers, when, how often, and what it holds.
import { type FormEvent, useState } from "react";
import { client } from "../../../api/client";
import { answer, type ProblemError, problemOf } from "../../../api/problem";
import { Field, SelectField } from "../../../parts/field";
import { Panel } from "../../../parts/panel";
import { Refusal } from "../../../parts/refusal";
import { Button } from "../../../ui/button";
import { SEVERITIES, useAlertWords } from "../../../views/alerts/words";
import { ZoneField } from "../hours/zone-field";
import { SelectorField } from "../selector/selector-field";
import { Check, ChoiceRow } from "../shared/choices";
import { useFaults, useRefusals } from "../shared/faults";
import form from "../shared/form.module.css";
import { isZone } from "../shared/local-time";
import { usePreview } from "../shared/preview";
import { useQuietWords } from "../shared/quiet-words";
import { SpanField } from "../shared/span-field";
import { type bodyOf, type Fault, faultsIn, type WindowDraft } from "./draft";
import { QuietFields } from "./quiet-fields";
import { beginQuiet, quietOf, THROUGH } from "./quiet-hours";
import { RepeatField } from "./repeat-field";
import { WindowPreview } from "./window-preview";

const PATHS = ["name", "selector", "starts_at", "duration_seconds", "rrule", "time_zone"];
const MUTES = ["notifications", "all"] as const;
const PURPOSES = ["plan", "quiet"] as const;

interface FormProps {
  first: WindowDraft;
  /** Of a new one: it was asked for as quiet hours. */
  asQuiet?: boolean;
  bodyFor: (draft: WindowDraft) => ReturnType<typeof bodyOf>;
  isBusy: boolean;
  problem: ProblemError | null;
  onSave: (draft: WindowDraft) => void;
  onCancel: () => void;
}

export function WindowForm({ first, asQuiet = false, bodyFor, isBusy, problem, onSave, onCancel }: FormProps) {
  const t = useQuietWords();
  const alertWords = useAlertWords();
  const [draft, put] = useState(() => (asQuiet ? beginQuiet(first, Date.now()) : first));
  const [isQuiet, makeQuiet] = useState(() => quietOf(draft) !== null);
  const [wasTried, setTried] = useState(false);
  const faulty = faultsIn(draft);
  // A name is not needed to look ahead.
  const isShowable = faulty.every((fault) => fault === "name");
  const body = bodyFor(draft);
  const looked = isShowable ? { ...body, name: draft.name.trim() || "–" } : null;
  const ahead = usePreview("windows", looked, (body) => answer(client.POST("/api/maintenance-windows/preview", { body })));
  const refused = useRefusals(problem, { ...body });
  const foreseen = useFaults(ahead.isError && isShowable ? problemOf(ahead.error) : null);
  const told = (path: string) => refused.at(path) ?? foreseen.at(path);
  const wrong = (fault: Fault, path: string) => (wasTried && faulty.includes(fault) ? t(`windows.wrong.${fault}`) : told(path));
  const change = (part: Partial<WindowDraft>) => put((before) => ({ ...before, ...part }));
  const choose = (purpose: string) => {
    makeQuiet(purpose === "quiet");
    if (purpose === "quiet") put(beginQuiet(draft, Date.now()));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (faulty.length === 0) onSave(draft);
  };
  return (
    <form className={form.form} onSubmit={submit} noValidate>
      <div className={form.columns}>
        <div className={form.fields}>
          <Panel title={t("windows.whom")}>
            <div className={form.fields}>
              <ChoiceRow
                label={t("windows.purpose")}
                value={isQuiet ? "quiet" : "plan"}
                choices={PURPOSES.map((value) => ({ value, label: t(`windows.purposes.${value}`) }))}
                onValue={choose}
              />
              <Field
                label={t("fleet:field.name")}
                value={draft.name}
                onText={(name) => change({ name })}
                maxLength={100}
                wrong={wrong("name", "name")}
              />
              <SelectorField
                value={draft.selector}
                onValue={(selector) => change({ selector })}
                everything={t("windows.everything")}
                wrong={told("selector")}
              />
              <p className={form.help}>{t("windows.whomHelp")}</p>
            </div>
          </Panel>
          <Panel title={t("windows.holds")}>
            <div className={form.fields}>
              {isQuiet ? (
                <SelectField
                  label={t("windows.through")}
                  value={draft.ceiling}
                  choices={THROUGH.map((value) => ({ value, label: t(`windows.throughs.${value}`) }))}
                  onText={(text) => change({ ceiling: THROUGH.find((one) => one === text) ?? "warning" })}
                />
              ) : (
                <>
                  <SelectField
                    label={t("windows.mute")}
                    value={draft.mute}
                    choices={MUTES.map((value) => ({ value, label: t(`windows.mutes.${value}`) }))}
                    onText={(text) => change({ mute: MUTES.find((one) => one === text) ?? "notifications" })}
                  />
                  <SelectField
                    label={t("windows.ceiling")}
                    value={draft.ceiling}
                    choices={SEVERITIES.map((value) => ({ value, label: alertWords(`severity.${value}`) }))}
                    onText={(text) => change({ ceiling: SEVERITIES.find((one) => one === text) ?? "critical" })}
                  />
                  <p className={form.help}>{t("windows.ceilingHelp")}</p>
                </>
              )}
              <Check label={t("windows.isActive")} isOn={draft.isActive} onChange={(isActive) => change({ isActive })} />
            </div>
          </Panel>
        </div>
        <div className={form.fields}>
          <Panel title={t("windows.when")}>
            <div className={form.fields}>
              {isQuiet ? (
                <QuietFields draft={draft} onDraft={put} wrong={wrong("begins", "starts_at") ?? wrong("lasts", "duration_seconds")} />
              ) : (
                <>
                  <Field
                    label={t("windows.begin")}
                    type="datetime-local"
                    value={draft.begins}
                    onText={(begins) => change({ begins })}
                    wrong={wrong("begins", "starts_at")}
                  />
                  <SpanField
                    label={t("windows.lasts")}
                    value={draft.lasts}
                    onValue={(lasts) => change({ lasts })}
                    wrong={wrong("lasts", "duration_seconds")}
                  />
                </>
              )}
              <ZoneField value={draft.zone} onText={(zone) => change({ zone })} wrong={wrong("zone", "time_zone")} />
              {!isQuiet && (
                <RepeatField
                  repeat={draft.repeat}
                  onRepeat={(repeat) => change({ repeat })}
                  first={draft.begins}
                  wrong={wrong("repeat", "rrule")}
                />
              )}
            </div>
          </Panel>
          <WindowPreview query={ahead} zone={isZone(draft.zone) ? draft.zone : "UTC"} />
        </div>
      </div>
      <Refusal text={refused.rest(PATHS)} />
      <div className={form.buttons}>
        <Button type="submit" look="main" disabled={isBusy}>
          {t("fleet:save")}
        </Button>
        <Button onClick={onCancel}>{t("fleet:cancel")}</Button>
      </div>
    </form>
  );
}
