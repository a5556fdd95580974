// The levels of a rule as three lines of a form, mildest first; a line without a threshold is no level. Pure.
import type { AlertLevel, AlertMetric, Severity } from "../../../fleet/nouns";
import { type Span, secondsOf, spanOf } from "../shared/span";
import { numberIn, textOf } from "./units";

export const MILDEST_FIRST = ["info", "warning", "critical"] as const satisfies readonly Severity[];
export const OPERATORS = [">", ">=", "<", "<="] as const;
export type Operator = (typeof OPERATORS)[number];
/** As people write them. */
export const SIGNS: Readonly<Record<Operator, string>> = { ">": ">", ">=": "≥", "<": "<", "<=": "≤" };

export interface LevelDraft {
  threshold: string;
  /** Empty: 5 % of the threshold on the safe side. */
  clear: string;
  /** An empty amount: as the rule. */
  lasts: Span;
}
export type Levels = Readonly<Record<Severity, LevelDraft>>;

const NONE: LevelDraft = { threshold: "", clear: "", lasts: { amount: "", unit: "m" } };
export const NO_LEVELS: Levels = { info: NONE, warning: NONE, critical: NONE };

export function levelsOf(levels: readonly AlertLevel[], metric: AlertMetric): Levels {
  const found = levels.map(({ severity, threshold, clear_threshold, for_seconds }): [Severity, LevelDraft] => [
    severity,
    {
      threshold: textOf(metric, threshold),
      clear: textOf(metric, clear_threshold),
      lasts: for_seconds === null || for_seconds === undefined ? NONE.lasts : spanOf(for_seconds),
    },
  ]);
  return { ...NO_LEVELS, ...Object.fromEntries(found) };
}

export const isGiven = ({ threshold, clear, lasts }: LevelDraft): boolean =>
  [threshold, clear, lasts.amount].some((text) => text.trim() !== "");

export type LevelFault = "threshold" | "clear" | "lasts";

/** What a person has to mend in a line; null when it is fine or not given. */
export function faultIn(level: LevelDraft, metric: AlertMetric, operator: Operator): LevelFault | null {
  if (!isGiven(level)) return null;
  const threshold = numberIn(metric, level.threshold);
  const clear = numberIn(metric, level.clear);
  if (threshold === null || threshold === undefined) return "threshold";
  const isSafe = clear === undefined || (clear !== null && (operator.startsWith(">") ? clear < threshold : clear > threshold));
  if (!isSafe) return "clear";
  return level.lasts.amount.trim() !== "" && secondsOf(level.lasts) === null ? "lasts" : null;
}

export function bodyOf(levels: Levels, metric: AlertMetric): AlertLevel[] {
  return MILDEST_FIRST.flatMap((severity) => {
    const { threshold, clear, lasts } = levels[severity];
    const value = numberIn(metric, threshold);
    if (value === null || value === undefined) return [];
    return [{ severity, threshold: value, clear_threshold: numberIn(metric, clear) ?? null, for_seconds: secondsOf(lasts) }];
  });
}

/** Where a level stands in what was sent: the server names faults by that place. */
export const placeOf = (levels: Levels, severity: Severity): number =>
  MILDEST_FIRST.filter((one) => levels[one].threshold.trim() !== "").indexOf(severity);
