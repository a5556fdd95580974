// From which number on it is how bad, when it is over again, and how long it must hold: a line for each severity.
import type { AlertMetric } from "../../../fleet/nouns";
import { Field } from "../../../parts/field";
import form from "../shared/form.module.css";
import { SeverityMark } from "../shared/marks";
import { useQuietWords } from "../shared/quiet-words";
import { SpanField } from "../shared/span-field";
import { faultIn, type LevelDraft, type Levels, MILDEST_FIRST, type Operator, placeOf, SIGNS } from "./levels";
import styles from "./rules.module.css";
import { unitOf } from "./units";

interface FieldProps {
  levels: Levels;
  onLevels: (levels: Levels) => void;
  metric: AlertMetric;
  operator: Operator;
  /** Whether what is wrong is said already. */
  isJudged: boolean;
  /** What the server says of the level at this place. */
  refused: (place: number, part: string) => string | null;
  wrong: string | null;
}

export function LevelsField({ levels, onLevels, metric, operator, isJudged, refused, wrong }: FieldProps) {
  const t = useQuietWords();
  const unit = t(`rules.unit.${unitOf(metric).name}`);
  return (
    <fieldset className={form.set}>
      <legend>{t("rules.levels")}</legend>
      <p className={form.help}>{t("rules.levelsHelp")}</p>
      {MILDEST_FIRST.map((severity) => {
        const level = levels[severity];
        const place = placeOf(levels, severity);
        const own = isJudged ? faultIn(level, metric, operator) : null;
        const of = (fault: typeof own, part: string) =>
          own === fault && fault !== null ? t(`rules.wrong.${fault}`) : place < 0 ? null : refused(place, part);
        const put = (part: Partial<LevelDraft>) => onLevels({ ...levels, [severity]: { ...level, ...part } });
        return (
          <fieldset key={severity} className={styles.level}>
            <legend>
              <SeverityMark severity={severity} />
            </legend>
            <Field
              label={t("rules.threshold", { operator: SIGNS[operator], unit })}
              inputMode="decimal"
              value={level.threshold}
              onText={(threshold) => put({ threshold })}
              wrong={of("threshold", "threshold")}
            />
            <Field
              label={t("rules.clear", { unit })}
              inputMode="decimal"
              placeholder={t("rules.clearUsual")}
              value={level.clear}
              onText={(clear) => put({ clear })}
              wrong={of("clear", "clear_threshold")}
            />
            <SpanField
              label={t("rules.levelFor")}
              placeholder={t("rules.asRule")}
              value={level.lasts}
              onValue={(lasts) => put({ lasts })}
              wrong={of("lasts", "for_seconds")}
            />
          </fieldset>
        );
      })}
      {wrong !== null && <p className={form.wrong}>{wrong}</p>}
    </fieldset>
  );
}
