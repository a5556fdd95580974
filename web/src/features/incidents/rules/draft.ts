// A rule as it stands in the form, and what of it is sent. Pure.
import type { AlertMetric, AlertRule, AlertRuleCreate, AlertRuleKind, Severity } from "../../../fleet/nouns";
import { EVERYTHING, type SelectorDraft, bodyOf as selectorBody, draftOf as selectorOf } from "../selector/selector";
import { type Span, secondsOf, spanOf } from "../shared/span";
import { faultIn, type Levels, bodyOf as levelBodies, levelsOf, MILDEST_FIRST, NO_LEVELS, type Operator } from "./levels";
import { numberIn, textOf } from "./units";

export const KINDS = ["metric", "check_state", "no_data", "certificate", "pve_event"] as const satisfies readonly AlertRuleKind[];

export interface ExceptionDraft {
  selector: SelectorDraft;
  isOff: boolean;
  levels: Levels;
}

export interface RuleDraft {
  name: string;
  kind: AlertRuleKind;
  metric: AlertMetric;
  operator: Operator;
  levels: Levels;
  /** Of a state or an event; null = as bad as what was reported. */
  severity: Severity | null;
  condition: string;
  selector: SelectorDraft;
  exceptions: readonly ExceptionDraft[];
  lasts: Span;
  keeps: Span;
  /** In the unit of the metric. */
  minDelta: string;
  cooldown: Span;
  absent: AlertRule["absent"];
  noData: AlertRule["no_data"];
  noDataAfter: Span;
  /** Its escalation path; empty = the default one. */
  path: string;
  channels: readonly string[];
  isActive: boolean;
}

const LONGEST = 604_800;
const LONGEST_COOLDOWN = 10_080 * 60;

/** How long it must hold and be over, where nobody said otherwise: a check has confirmed what it says already. */
export const usualSpans = (kind: AlertRuleKind): Pick<RuleDraft, "lasts" | "keeps"> =>
  kind === "metric" ? { lasts: spanOf(300), keeps: spanOf(120) } : { lasts: spanOf(0), keeps: spanOf(kind === "pve_event" ? 120 : 0) };

export const hasCode = (kind: AlertRuleKind): boolean => kind === "certificate" || kind === "pve_event";

export const EMPTY: RuleDraft = {
  name: "",
  kind: "metric",
  metric: "cpu",
  operator: ">=",
  levels: NO_LEVELS,
  severity: null,
  condition: "",
  selector: EVERYTHING,
  exceptions: [],
  ...usualSpans("metric"),
  minDelta: "2",
  cooldown: spanOf(300),
  absent: "ignore",
  noData: "keep",
  noDataAfter: spanOf(65),
  path: "",
  channels: [],
  isActive: true,
};

export function draftOf(rule: AlertRule): RuleDraft {
  const metric = rule.metric_type ?? "cpu";
  return {
    name: rule.name,
    kind: rule.kind,
    metric,
    operator: rule.operator ?? ">=",
    levels: levelsOf(rule.levels, metric),
    severity: rule.kind === "metric" ? null : rule.severity,
    condition: rule.condition ?? "",
    selector: selectorOf(rule.selector),
    exceptions: rule.exceptions.map(({ selector, is_off = false, levels = [] }) => ({
      selector: selectorOf(selector),
      isOff: is_off,
      levels: levelsOf(levels, metric),
    })),
    lasts: spanOf(rule.for_seconds),
    keeps: spanOf(rule.keep_for_seconds),
    minDelta: textOf(metric, rule.min_delta),
    cooldown: spanOf(rule.cooldown_minutes * 60),
    absent: rule.absent,
    noData: rule.no_data,
    noDataAfter: spanOf(rule.no_data_after_seconds),
    path: rule.route_id ?? "",
    channels: rule.channel_ids,
    isActive: rule.is_active,
  };
}

export type Fault = "name" | "levels" | "condition" | "lasts" | "keeps" | "minDelta" | "cooldown" | "noDataAfter" | "exceptions";

const isWithin = (span: Span, least: number, most: number): boolean => {
  const seconds = secondsOf(span);
  return seconds !== null && seconds >= least && seconds <= most;
};

export function faultsIn(draft: RuleDraft): readonly Fault[] {
  const { kind, metric, operator } = draft;
  const isMetric = kind === "metric";
  const areFine = (levels: Levels) => MILDEST_FIRST.every((one) => faultIn(levels[one], metric, operator) === null);
  const delta = numberIn(metric, draft.minDelta);
  const faults: Fault[] = [];
  if (draft.name.trim() === "") faults.push("name");
  if (isMetric && (levelBodies(draft.levels, metric).length === 0 || !areFine(draft.levels))) faults.push("levels");
  if (hasCode(kind) && draft.condition.trim() === "") faults.push("condition");
  if (!isWithin(draft.lasts, 0, LONGEST)) faults.push("lasts");
  if (!isWithin(draft.keeps, 0, LONGEST)) faults.push("keeps");
  if (isMetric && (delta === null || (delta ?? 0) < 0)) faults.push("minDelta");
  if (!isWithin(draft.cooldown, 0, LONGEST_COOLDOWN)) faults.push("cooldown");
  if (!isWithin(draft.noDataAfter, 10, LONGEST)) faults.push("noDataAfter");
  if (isMetric && draft.exceptions.some(({ isOff, levels }) => !isOff && !areFine(levels))) faults.push("exceptions");
  return faults;
}

export function bodyOf(draft: RuleDraft): AlertRuleCreate {
  const { kind, metric } = draft;
  const isMetric = kind === "metric";
  return {
    name: draft.name.trim(),
    kind,
    metric_type: isMetric ? metric : null,
    operator: isMetric ? draft.operator : null,
    severity: isMetric ? null : draft.severity,
    levels: isMetric ? levelBodies(draft.levels, metric) : [],
    condition: hasCode(kind) ? draft.condition.trim() : "",
    selector: selectorBody(draft.selector),
    exceptions: draft.exceptions.map(({ selector, isOff, levels }) => ({
      selector: selectorBody(selector),
      is_off: isOff,
      levels: isMetric && !isOff ? levelBodies(levels, metric) : [],
    })),
    for_seconds: secondsOf(draft.lasts) ?? 0,
    keep_for_seconds: secondsOf(draft.keeps) ?? 0,
    min_delta: isMetric ? (numberIn(metric, draft.minDelta) ?? 0) : 0,
    cooldown_minutes: Math.round((secondsOf(draft.cooldown) ?? 0) / 60),
    absent: draft.absent,
    no_data: draft.noData,
    no_data_after_seconds: secondsOf(draft.noDataAfter) ?? 10,
    route_id: draft.path === "" ? null : draft.path,
    channel_ids: [...draft.channels],
    is_active: draft.isActive,
  };
}
