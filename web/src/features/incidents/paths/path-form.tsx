// The form of an escalation path: its steps in order, and beside them who would be told when.
import { type FormEvent, useState } from "react";
import type { ProblemError } from "../../../api/problem";
import { useMay } from "../../../fleet/world";
import { Field } from "../../../parts/field";
import { PlainButton } from "../../../parts/order-button";
import { Panel } from "../../../parts/panel";
import { Check } from "../shared/choices";
import { useRefusals } from "../shared/faults";
import form from "../shared/form.module.css";
import { FormEnd } from "../shared/form-end";
import { useQuietWords } from "../shared/quiet-words";
import { spanOf } from "../shared/span";
import { SpanField } from "../shared/span-field";
import { bodyOf, type Fault, faultIn, faultsIn, MOST_STEPS, nextStep, type PathDraft } from "./draft";
import { PathPreview } from "./preview";
import { StepField } from "./step-field";
import { useChannels } from "./use-paths";

const PATHS = ["name", "steps", "repeat_last_minutes", "is_default"];
const USUAL_REPEAT = 3600;

interface FormProps {
  first: PathDraft;
  isBusy: boolean;
  problem: ProblemError | null;
  onSave: (draft: PathDraft) => void;
  onCancel: () => void;
}

export function PathForm({ first, isBusy, problem, onSave, onCancel }: FormProps) {
  const t = useQuietWords();
  const mayEdit = useMay("editor");
  const channels = useChannels().data ?? [];
  const [draft, put] = useState(first);
  const [wasTried, setTried] = useState(false);
  const faulty = faultsIn(draft);
  const refused = useRefusals(problem, { ...bodyOf(draft) });
  const wrong = (fault: Fault, path: string) => (wasTried && faulty.includes(fault) ? t(`paths.wrong.${fault}`) : refused.at(path));
  const change = (part: Partial<PathDraft>) => put((before) => ({ ...before, ...part }));
  const { steps, repeat } = draft;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (faulty.length === 0) onSave(draft);
  };
  return (
    <form onSubmit={submit} noValidate>
      <div className={form.sided}>
        <fieldset className={form.form} disabled={!mayEdit}>
          <Panel title={t("paths.steps")} hint={t("paths.stepsHint")}>
            <div className={form.fields}>
              <Field
                label={t("fleet:field.name")}
                value={draft.name}
                onText={(name) => change({ name })}
                maxLength={100}
                wrong={wrong("name", "name")}
              />
              {steps.map((step, at) => (
                <StepField
                  // biome-ignore lint/suspicious/noArrayIndexKey: a step is known by its place
                  key={at}
                  place={at}
                  step={step}
                  onStep={(next) => change({ steps: steps.map((one, i) => (i === at ? next : one)) })}
                  onRemove={steps.length > 1 ? () => change({ steps: steps.filter((_, i) => i !== at) }) : null}
                  channels={channels}
                  fault={wasTried ? faultIn(steps, at) : null}
                  refused={(part) => refused.at(`steps[${at}].${part}`)}
                />
              ))}
              {wrong("steps", "steps") !== null && <p className={form.wrong}>{wrong("steps", "steps")}</p>}
              <div>
                <PlainButton isDisabled={steps.length >= MOST_STEPS} onClick={() => change({ steps: [...steps, nextStep(steps)] })}>
                  {t("paths.addStep")}
                </PlainButton>
              </div>
            </div>
          </Panel>
          <Panel title={t("paths.afterwards")}>
            <div className={form.fields}>
              <Check
                label={t("paths.repeats")}
                isOn={repeat !== null}
                onChange={(isOn) => change({ repeat: isOn ? spanOf(USUAL_REPEAT) : null })}
              />
              {repeat !== null && (
                <SpanField
                  label={t("paths.repeat")}
                  value={repeat}
                  onValue={(next) => change({ repeat: next })}
                  wrong={wrong("repeat", "repeat_last_minutes")}
                />
              )}
              {first.isDefault ? (
                <p className={form.help}>{t("paths.isDefault")}</p>
              ) : (
                <Check label={t("paths.makeDefault")} isOn={draft.isDefault} onChange={(isDefault) => change({ isDefault })} />
              )}
            </div>
          </Panel>
        </fieldset>
        <div className={form.beside}>
          <PathPreview draft={draft} channels={channels} />
        </div>
      </div>
      {mayEdit && <FormEnd problem={problem} rest={refused.rest(PATHS)} isBusy={isBusy} onCancel={onCancel} />}
    </form>
  );
}
