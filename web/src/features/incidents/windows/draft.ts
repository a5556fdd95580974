// A maintenance window as it stands in the form, and what of it is sent. Pure.
import type { MaintenanceWindow, MaintenanceWindowCreate, Severity } from "../../../fleet/nouns";
import { EVERYTHING, type SelectorDraft, bodyOf as selectorBody, draftOf as selectorOf } from "../selector/selector";
import { isoOf, isZone, localOf } from "../shared/local-time";
import { type Span, secondsOf, spanOf } from "../shared/span";
import { ONCE, type Repeat, repeatOf, ruleOf } from "./repeat";

export interface WindowDraft {
  name: string;
  selector: SelectorDraft;
  /** On the clock of the zone. */
  begins: string;
  lasts: Span;
  zone: string;
  repeat: Repeat;
  mute: MaintenanceWindow["mute"];
  ceiling: Severity;
  isActive: boolean;
}

const HOUR_MS = 3_600_000;
const YEAR_SECONDS = 31_536_000;

/** From the next full hour on, for two hours. */
export const emptyDraft = (now: number, zone: string): WindowDraft => ({
  name: "",
  selector: EVERYTHING,
  begins: localOf(Math.ceil(now / HOUR_MS) * HOUR_MS, zone),
  lasts: { amount: "2", unit: "h" },
  zone,
  repeat: ONCE,
  mute: "notifications",
  ceiling: "critical",
  isActive: true,
});

export function draftOf(window: MaintenanceWindow): WindowDraft {
  const zone = isZone(window.time_zone) ? window.time_zone : "UTC";
  const begins = localOf(Date.parse(window.starts_at), zone);
  return {
    name: window.name,
    selector: selectorOf(window.selector),
    begins,
    lasts: spanOf(window.duration_seconds),
    zone: window.time_zone,
    repeat: repeatOf(window.rrule, begins),
    mute: window.mute,
    ceiling: window.max_severity,
    isActive: window.is_active,
  };
}

export type Fault = "name" | "begins" | "lasts" | "zone" | "repeat";

export function faultsIn(draft: WindowDraft): readonly Fault[] {
  const seconds = secondsOf(draft.lasts);
  const { every, own, interval } = draft.repeat;
  const faults: Fault[] = [];
  if (draft.name.trim() === "") faults.push("name");
  if (!isZone(draft.zone)) faults.push("zone");
  else if (isoOf(draft.begins, draft.zone) === null) faults.push("begins");
  if (seconds === null || seconds < 60 || seconds > YEAR_SECONDS) faults.push("lasts");
  const isCounted = every === "once" || every === "own" || /^[1-9]\d{0,2}$/.test(interval);
  if (!isCounted || (every === "own" && own.trim() === "")) faults.push("repeat");
  return faults;
}

export function bodyOf(draft: WindowDraft, before?: MaintenanceWindow): MaintenanceWindowCreate {
  const isSameBegin = before !== undefined && before.time_zone === draft.zone && draftOf(before).begins === draft.begins;
  return {
    name: draft.name.trim(),
    selector: selectorBody(draft.selector),
    // A form knows minutes; a begin that nobody touched keeps its seconds.
    starts_at: isSameBegin ? before.starts_at : (isoOf(draft.begins, draft.zone) ?? ""),
    duration_seconds: secondsOf(draft.lasts) ?? 0,
    rrule: ruleOf(draft.repeat, draft.begins),
    time_zone: draft.zone,
    mute: draft.mute,
    max_severity: draft.ceiling,
    is_active: draft.isActive,
  };
}
