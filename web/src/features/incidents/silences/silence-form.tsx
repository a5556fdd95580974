// The form of a silence: of what, until when, and why.
import { type FormEvent, useState } from "react";
import type { ProblemError } from "../../../api/problem";
import { useNumbers } from "../../../fleet/numbers";
import { Field } from "../../../parts/field";
import { Panel } from "../../../parts/panel";
import { Refusal } from "../../../parts/refusal";
import { ChoiceRow } from "../shared/choices";
import { useRefusals } from "../shared/faults";
import form from "../shared/form.module.css";
import { FormEnd } from "../shared/form-end";
import { isoOf, localOf, ownZone } from "../shared/local-time";
import { useQuietWords } from "../shared/quiet-words";
import { bodyOf, endOf, type Fault, faultsIn, LENGTHS, type SilenceDraft } from "./draft";
import { MatchersField } from "./matchers-field";

const PATHS = ["matchers", "starts_at", "ends_at", "comment"];

interface FormProps {
  first: SilenceDraft;
  /** Of one alert only: it has no matchers, and needs no reason. */
  isSnooze?: boolean;
  isBusy: boolean;
  problem: ProblemError | null;
  onSave: (draft: SilenceDraft) => void;
  onCancel: () => void;
  onReload?: () => void;
}

export function SilenceForm({ first, isSnooze = false, isBusy, problem, onSave, onCancel, onReload }: FormProps) {
  const t = useQuietWords();
  const numbers = useNumbers();
  const zone = ownZone();
  const [draft, put] = useState(first);
  const [wasTried, setTried] = useState(false);
  // Of an end that is counted from now, only its choice can be changed.
  const { ends_at: _, ...body } = bodyOf(draft, Date.now(), zone);
  const faults = useRefusals(problem, { ...body, ends_at: [draft.length, draft.ends] });
  const own: readonly Fault[] = wasTried ? faultsIn(draft, Date.now(), zone, isSnooze) : [];
  const wrong = (fault: Fault, path: string) => (own.includes(fault) ? t(`silences.wrong.${fault}`) : faults.at(path));
  const change = (part: Partial<SilenceDraft>) => put((before) => ({ ...before, ...part }));
  const end = endOf(draft, Date.now(), zone);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (faultsIn(draft, Date.now(), zone, isSnooze).length === 0) onSave(draft);
  };
  return (
    <form className={form.form} onSubmit={submit} noValidate>
      <div className={form.columns}>
        <Panel title={t("silences.what")} isBare={!isSnooze}>
          {isSnooze ? (
            <p className={form.help}>{t("silences.snoozed")}</p>
          ) : (
            <div className={form.top}>
              <MatchersField
                matchers={draft.matchers}
                onMatchers={(matchers) => change({ matchers })}
                wrong={wrong("matchers", "matchers")}
              />
            </div>
          )}
        </Panel>
        <Panel title={t("silences.when")}>
          <div className={form.fields}>
            <ChoiceRow
              label={t("silences.until")}
              value={draft.length}
              choices={LENGTHS.map((value) => ({ value, label: t(`silences.length.${value}`) }))}
              onValue={(value) => {
                const length = LENGTHS.find((one) => one === value) ?? "own";
                // Who wants another end begins with the one that was chosen before.
                change({ length, ...(length === "own" && draft.ends === "" && end !== null && { ends: localOf(end, zone) }) });
              }}
            >
              {draft.length !== "own" && end !== null && (
                <p className={form.help}>{t("silences.endsAt", { time: numbers.moment(new Date(end).toISOString()) })}</p>
              )}
            </ChoiceRow>
            {draft.length === "own" ? (
              <Field
                label={t("silences.end")}
                type="datetime-local"
                value={draft.ends}
                onText={(ends) => change({ ends })}
                wrong={wrong("ends", "ends_at")}
              />
            ) : (
              <Refusal text={wrong("ends", "ends_at")} />
            )}
            <Field
              label={t("silences.begin")}
              type="datetime-local"
              value={draft.begins}
              onText={(begins) => change({ begins })}
              hint={isoOf(draft.begins, zone) === null ? t("silences.beginNow") : t("silences.clock", { zone })}
              wrong={wrong("begins", "starts_at")}
            />
            <Field
              label={t("silences.why")}
              value={draft.comment}
              onText={(comment) => change({ comment })}
              maxLength={500}
              hint={t("silences.whyHint")}
              wrong={wrong("comment", "comment")}
            />
          </div>
        </Panel>
      </div>
      <FormEnd problem={problem} rest={faults.rest(PATHS)} isBusy={isBusy} onCancel={onCancel} onReload={onReload} />
    </form>
  );
}
