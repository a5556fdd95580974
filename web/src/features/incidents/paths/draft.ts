// An escalation path as it stands in the form, and what of it is sent. Pure.
import type { Escalation, EscalationCreate, EscalationStep, Severity } from "../../../fleet/nouns";
import { WEEKDAYS, type Weekday } from "../hours/weekdays";
import { isZone } from "../shared/local-time";
import { type Span, secondsOf, spanOf } from "../shared/span";

export interface HoursDraft {
  weekdays: readonly Weekday[];
  from: string;
  to: string;
  zone: string;
}

export interface StepDraft {
  after: Span;
  isAll: boolean;
  channels: readonly string[];
  least: Severity;
  /** null: at any time. */
  hours: HoursDraft | null;
}

export interface PathDraft {
  name: string;
  steps: readonly StepDraft[];
  /** How often the last step is told again; null: as the severity says. */
  repeat: Span | null;
  isDefault: boolean;
}

export const MOST_STEPS = 20;
const LONGEST = 10_080 * 60;
const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;

const NEXT_AFTER = 15 * 60;

/** The first step is told at once; each further one a quarter of an hour after the one before. */
export function nextStep(steps: readonly StepDraft[]): StepDraft {
  const last = steps.at(-1);
  const after = last === undefined ? 0 : (secondsOf(last.after) ?? 0) + NEXT_AFTER;
  return { after: spanOf(Math.min(after, LONGEST)), isAll: false, channels: [], least: last?.least ?? "info", hours: null };
}

export const EMPTY: PathDraft = { name: "", steps: [nextStep([])], repeat: null, isDefault: false };

export const usualHours = (zone: string): HoursDraft => ({ weekdays: WEEKDAYS, from: "07:00", to: "22:00", zone });

const stepOf = ({
  after_minutes,
  all_channels = false,
  channel_ids = [],
  min_severity = "info",
  time_window,
}: EscalationStep): StepDraft => ({
  after: spanOf(after_minutes * 60),
  isAll: all_channels,
  channels: channel_ids,
  least: min_severity,
  hours: time_window
    ? { weekdays: time_window.days ?? WEEKDAYS, from: time_window.from, to: time_window.to, zone: time_window.time_zone ?? "UTC" }
    : null,
});

export const draftOf = ({ name, steps, repeat_last_minutes, is_default }: Escalation): PathDraft => ({
  name,
  steps: steps.map(stepOf),
  repeat: repeat_last_minutes === null ? null : spanOf(repeat_last_minutes * 60),
  isDefault: is_default,
});

/** null when it is none of whole minutes, or too long. */
export function minutesOf(span: Span): number | null {
  const seconds = secondsOf(span);
  return seconds === null || seconds % 60 !== 0 || seconds > LONGEST ? null : seconds / 60;
}

export type StepFault = "after" | "order" | "channels" | "hours" | "zone";

/** What a person has to mend in the step at this place first; null when nothing. */
export function faultIn(steps: readonly StepDraft[], at: number): StepFault | null {
  const step = steps[at];
  if (step === undefined) return null;
  const after = minutesOf(step.after);
  if (after === null) return "after";
  const before = at === 0 ? null : minutesOf(steps[at - 1]?.after ?? step.after);
  if (before !== null && after < before) return "order";
  if (!step.isAll && step.channels.length === 0) return "channels";
  if (step.hours === null) return null;
  const { from, to, zone, weekdays } = step.hours;
  if (!CLOCK.test(from) || !(CLOCK.test(to) || to === "24:00") || weekdays.length === 0) return "hours";
  return isZone(zone) ? null : "zone";
}

export type Fault = "name" | "steps" | "repeat";

export function faultsIn(draft: PathDraft): readonly Fault[] {
  const faults: Fault[] = [];
  if (draft.name.trim() === "") faults.push("name");
  if (draft.steps.length === 0 || draft.steps.some((_, at) => faultIn(draft.steps, at) !== null)) faults.push("steps");
  if (draft.repeat !== null && (minutesOf(draft.repeat) ?? 0) < 1) faults.push("repeat");
  return faults;
}

export function bodyOf(draft: PathDraft): EscalationCreate {
  return {
    name: draft.name.trim(),
    steps: draft.steps.map(({ after, isAll, channels, least, hours }) => ({
      after_minutes: minutesOf(after) ?? 0,
      all_channels: isAll,
      channel_ids: isAll ? [] : [...channels],
      min_severity: least,
      time_window: hours && { days: [...hours.weekdays], from: hours.from, to: hours.to, time_zone: hours.zone },
    })),
    repeat_last_minutes: draft.repeat === null ? null : minutesOf(draft.repeat),
    is_default: draft.isDefault,
  };
}
