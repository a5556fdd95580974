// What a rule seldom needs said: when it may speak again, what silence means, and through which channels it speaks.
import { Field, SelectField } from "../../../parts/field";
import { draftOf } from "../paths/draft";
import { reachOf } from "../paths/telling";
import { useChannels, usePaths } from "../paths/use-paths";
import { Check } from "../shared/choices";
import type { Faults } from "../shared/faults";
import form from "../shared/form.module.css";
import { useQuietWords } from "../shared/quiet-words";
import { SpanField } from "../shared/span-field";
import type { Fault, RuleDraft } from "./draft";
import { unitOf } from "./units";

const ABSENT = ["ignore", "alert"] as const;
const NO_DATA = ["keep", "fire", "resolve"] as const;

interface ChannelsProps {
  chosen: readonly string[];
  onChosen: (ids: readonly string[]) => void;
  /** The rule's escalation path; empty = the default one. */
  path: string;
}

function Channels({ chosen, onChosen, path }: ChannelsProps) {
  const t = useQuietWords();
  const known = useChannels().data ?? [];
  const taken = usePaths().data?.items.find((one) => (path === "" ? one.is_default : one.id === path));
  const reach = taken ? reachOf(draftOf(taken)) : null;
  const isDumb = chosen.length > 0 && reach !== null && !chosen.some((id) => reach.has(id));
  // One that is gone stays chosen until somebody takes it out.
  const all = [...known, ...chosen.filter((id) => !known.some((one) => one.id === id)).map((id) => ({ id, name: id }))];
  return (
    <fieldset className={form.set}>
      <legend>{t("rules.channels")}</legend>
      {all.map(({ id, name }) => (
        <Check
          key={id}
          label={name}
          isOn={chosen.includes(id)}
          onChange={(isOn) => onChosen(isOn ? [...chosen, id] : chosen.filter((one) => one !== id))}
        />
      ))}
      <p className={isDumb ? form.wrong : form.help}>{t(isDumb ? "rules.channelsOff" : "rules.channelsHelp")}</p>
    </fieldset>
  );
}

interface FieldsProps {
  draft: RuleDraft;
  change: (part: Partial<RuleDraft>) => void;
  wrong: (fault: Fault, path: string) => string | null;
  faults: Faults;
}

export function MoreFields({ draft, change, wrong, faults }: FieldsProps) {
  const t = useQuietWords();
  return (
    <div className={form.fields}>
      <SpanField
        label={t("rules.keeps")}
        value={draft.keeps}
        onValue={(keeps) => change({ keeps })}
        hint={t("rules.keepsHint")}
        wrong={wrong("keeps", "keep_for_seconds")}
      />
      {draft.kind === "metric" && (
        <Field
          label={t("rules.minDelta", { unit: t(`rules.unit.${unitOf(draft.metric).name}`) })}
          inputMode="decimal"
          value={draft.minDelta}
          onText={(minDelta) => change({ minDelta })}
          hint={t("rules.minDeltaHint")}
          wrong={wrong("minDelta", "min_delta")}
        />
      )}
      <SpanField
        label={t("rules.cooldown")}
        value={draft.cooldown}
        onValue={(cooldown) => change({ cooldown })}
        hint={t("rules.cooldownHint")}
        wrong={wrong("cooldown", "cooldown_minutes")}
      />
      <SpanField
        label={t("rules.noDataAfter")}
        value={draft.noDataAfter}
        onValue={(noDataAfter) => change({ noDataAfter })}
        wrong={wrong("noDataAfter", "no_data_after_seconds")}
      />
      <SelectField
        label={t("rules.absent")}
        value={draft.absent}
        choices={ABSENT.map((value) => ({ value, label: t(`rules.absents.${value}`) }))}
        onText={(text) => change({ absent: ABSENT.find((one) => one === text) ?? "ignore" })}
        wrong={faults.at("absent")}
      />
      <SelectField
        label={t("rules.noData")}
        value={draft.noData}
        choices={NO_DATA.map((value) => ({ value, label: t(`rules.noDatas.${value}`) }))}
        onText={(text) => change({ noData: NO_DATA.find((one) => one === text) ?? "keep" })}
        wrong={faults.at("no_data")}
      />
      <Channels chosen={draft.channels} onChosen={(channels) => change({ channels })} path={draft.path} />
    </div>
  );
}
