// Objects that a rule judges otherwise, or not at all.
import { PlainButton } from "../../../parts/order-button";
import { EVERYTHING } from "../selector/selector";
import { SelectorField } from "../selector/selector-field";
import { Check, TakeAway } from "../shared/choices";
import type { Faults } from "../shared/faults";
import form from "../shared/form.module.css";
import { useQuietWords } from "../shared/quiet-words";
import type { ExceptionDraft, RuleDraft } from "./draft";
import { NO_LEVELS } from "./levels";
import { LevelsField } from "./levels-field";

const MOST = 100;

interface FieldProps {
  draft: RuleDraft;
  onExceptions: (exceptions: readonly ExceptionDraft[]) => void;
  isJudged: boolean;
  faults: Faults;
}

export function ExceptionsField({ draft: { kind, metric, operator, exceptions }, onExceptions, isJudged, faults }: FieldProps) {
  const t = useQuietWords();
  const put = (at: number, part: Partial<ExceptionDraft>) =>
    onExceptions(exceptions.map((one, i) => (i === at ? { ...one, ...part } : one)));
  return (
    <div className={form.fields}>
      <p className={form.help}>{t("rules.exceptionsHelp")}</p>
      {exceptions.map((one, i) => {
        const name = t("rules.exception", { number: i + 1 });
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: an exception is known by its place
          <section key={i} className={form.card} aria-label={name}>
            <div className={form.cardHead}>
              <h3>{name}</h3>
              <TakeAway label={t("rules.removeException", { name })} onClick={() => onExceptions(exceptions.filter((_, at) => at !== i))} />
            </div>
            <SelectorField
              value={one.selector}
              onValue={(selector) => put(i, { selector })}
              everything={t("rules.exceptionAll")}
              wrong={faults.at(`exceptions[${i}].selector`)}
            />
            <Check label={t("rules.exceptionOff")} isOn={one.isOff} onChange={(isOff) => put(i, { isOff })} />
            {kind === "metric" && !one.isOff && (
              <LevelsField
                levels={one.levels}
                onLevels={(levels) => put(i, { levels })}
                metric={metric}
                operator={operator}
                isJudged={isJudged}
                refused={(place, part) => faults.at(`exceptions[${i}].levels[${place}].${part}`)}
                wrong={null}
              />
            )}
          </section>
        );
      })}
      <div>
        <PlainButton
          isDisabled={exceptions.length >= MOST}
          onClick={() => onExceptions([...exceptions, { selector: EVERYTHING, isOff: true, levels: NO_LEVELS }])}
        >
          {t("rules.addException")}
        </PlainButton>
      </div>
    </div>
  );
}
