// One step of a path: after how long, whom, of what, and perhaps only at some hours.
import type { Channel } from "../../../fleet/nouns";
import { SelectField } from "../../../parts/field";
import { SEVERITIES, useAlertWords } from "../../../views/alerts/words";
import { Check, ChoiceRow, TakeAway } from "../shared/choices";
import form from "../shared/form.module.css";
import { useQuietWords } from "../shared/quiet-words";
import { SpanField } from "../shared/span-field";
import type { StepDraft, StepFault } from "./draft";
import { HoursField } from "./hours-field";

interface WhomProps {
  step: StepDraft;
  change: (part: Partial<StepDraft>) => void;
  channels: readonly Channel[];
  wrong: string | null;
}

function Whom({ step, change, channels, wrong }: WhomProps) {
  const t = useQuietWords();
  const { isAll, channels: chosen } = step;
  // One that is gone stays chosen until somebody takes it out.
  const gone = chosen.filter((id) => !channels.some((one) => one.id === id)).map((id) => ({ id, name: id }));
  return (
    <>
      <ChoiceRow
        label={t("paths.whom")}
        value={isAll ? "all" : "some"}
        choices={["all", "some"].map((value) => ({ value, label: t(`paths.whoms.${value}`) }))}
        onValue={(value) => change({ isAll: value === "all" })}
        wrong={wrong}
      >
        {!isAll && (
          <div className={form.buttons}>
            {[...channels, ...gone].map(({ id, name }) => (
              <Check
                key={id}
                label={name}
                isOn={chosen.includes(id)}
                onChange={(isOn) => change({ channels: isOn ? [...chosen, id] : chosen.filter((one) => one !== id) })}
              />
            ))}
          </div>
        )}
      </ChoiceRow>
      {!isAll && channels.length === 0 && <p className={form.help}>{t("paths.noChannels")}</p>}
    </>
  );
}

interface StepProps {
  place: number;
  step: StepDraft;
  onStep: (step: StepDraft) => void;
  /** null where it is the only one. */
  onRemove: (() => void) | null;
  channels: readonly Channel[];
  fault: StepFault | null;
  refused: (part: string) => string | null;
}

export function StepField({ place, step, onStep, onRemove, channels, fault, refused }: StepProps) {
  const t = useQuietWords();
  const alertWords = useAlertWords();
  const change = (part: Partial<StepDraft>) => onStep({ ...step, ...part });
  const name = t("paths.step", { number: place + 1 });
  const isLate = fault === "after" || fault === "order";
  return (
    <section className={form.card} aria-label={name}>
      <div className={form.cardHead}>
        <h3>{name}</h3>
        {onRemove && <TakeAway label={t("paths.removeStep", { name })} onClick={onRemove} />}
      </div>
      <div className={form.row}>
        <SpanField
          label={t("paths.after")}
          value={step.after}
          onValue={(after) => change({ after })}
          hint={t(place === 0 ? "paths.afterFirst" : "paths.afterHint")}
          wrong={isLate ? t(`paths.wrong.${fault}`) : refused("after_minutes")}
        />
        <SelectField
          label={t("paths.least")}
          value={step.least}
          choices={SEVERITIES.toReversed().map((value) => ({
            value,
            label: value === "info" ? t("paths.everything") : alertWords(`severity.${value}`),
          }))}
          onText={(text) => change({ least: SEVERITIES.find((one) => one === text) ?? "info" })}
          wrong={refused("min_severity")}
        />
      </div>
      <Whom
        step={step}
        change={change}
        channels={channels}
        wrong={fault === "channels" ? t("paths.wrong.channels") : (refused("channel_ids") ?? refused("all_channels"))}
      />
      <HoursField
        hours={step.hours}
        onHours={(hours) => change({ hours })}
        fault={fault}
        refused={(part) => refused(`time_window.${part}`)}
      />
    </section>
  );
}
