// Who a path would tell of an alert, and when, if nobody acknowledges it. Pure.
import type { Channel, Severity } from "../../../fleet/nouns";
import { type HoursDraft, minutesOf, type PathDraft } from "./draft";

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

/** Why a channel of a step says nothing. */
export type Mute = "off" | "filtered" | "gone";

export interface Told {
  id: string;
  name: string;
  mute: Mute | null;
}

export interface Telling {
  /** Its place among the steps, from 0. */
  step: number;
  minutes: number;
  hours: HoursDraft | null;
  told: readonly Told[];
}

type Known = Pick<Channel, "id" | "name" | "is_active" | "severity_filter">;

function muteOf(channel: Known | undefined, severity: Severity): Mute | null {
  if (channel === undefined) return "gone";
  if (!channel.is_active) return "off";
  return channel.severity_filter.length === 0 || channel.severity_filter.includes(severity) ? null : "filtered";
}

/** The steps that speak of this severity, in the order of their time. */
export function tellingsOf(draft: Pick<PathDraft, "steps">, severity: Severity, channels: readonly Known[]): readonly Telling[] {
  const byId = new Map(channels.map((one) => [one.id, one]));
  return draft.steps.flatMap((step, at) => {
    if (RANK[severity] < RANK[step.least]) return [];
    const ids = step.isAll ? channels.map(({ id }) => id) : step.channels;
    const told = ids.map((id) => ({ id, name: byId.get(id)?.name ?? id, mute: muteOf(byId.get(id), severity) }));
    return [{ step: at, minutes: minutesOf(step.after) ?? 0, hours: step.hours, told }];
  });
}

export const isHeard = ({ told }: Telling): boolean => told.some(({ mute }) => mute === null);

/** The channels that a path may speak through; null when it is all of them. */
export const reachOf = ({ steps }: Pick<PathDraft, "steps">): ReadonlySet<string> | null =>
  steps.some(({ isAll }) => isAll) ? null : new Set(steps.flatMap(({ channels }) => channels));
