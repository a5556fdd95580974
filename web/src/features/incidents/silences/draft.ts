// A silence as it stands in the form, and what of it is sent. Pure.
import type { Alert, Matcher, Silence } from "../../../fleet/nouns";
import { isoOf, localOf, momentOf, nextMorning } from "../shared/local-time";

export const LABELS = ["kind", "name", "id", "cluster", "node", "pool", "tag", "rule", "severity"] as const;
export type Label = (typeof LABELS)[number];
export const KINDS = ["node", "guest", "storage", "service", "cluster", "monitor"] as const;
export const LENGTHS = ["1", "4", "morning", "own"] as const;
export type Length = (typeof LENGTHS)[number];

export interface MatcherDraft {
  label: Label;
  value: string;
  isEqual: boolean;
}

export interface SilenceDraft {
  matchers: readonly MatcherDraft[];
  /** On the reader's clock; empty = now. */
  begins: string;
  length: Length;
  /** On the reader's clock, of the length "own". */
  ends: string;
  comment: string;
}

const YEAR_MS = 366 * 86_400_000;
const HOUR_MS = 3_600_000;

/** What a value is at first, when its label has few of them. */
export const firstValue = (label: Label): string => (label === "kind" ? "node" : label === "severity" ? "warning" : "");

export const emptyDraft = (matchers: readonly MatcherDraft[] = []): SilenceDraft => ({
  matchers: matchers.length > 0 ? matchers : [{ label: "name", value: "", isEqual: true }],
  begins: "",
  length: "1",
  ends: "",
  comment: "",
});

const matchersOf = (silence: Silence): readonly MatcherDraft[] =>
  silence.matchers.map(({ label, value, is_equal }) => ({ label, value, isEqual: is_equal ?? true }));

export const draftOf = (silence: Silence, zone: string): SilenceDraft => ({
  matchers: matchersOf(silence),
  begins: localOf(Date.parse(silence.starts_at), zone),
  length: "own",
  ends: localOf(Date.parse(silence.ends_at), zone),
  comment: silence.comment,
});

/** The same once more, from now on. */
export const againOf = (silence: Silence): SilenceDraft => ({ ...emptyDraft(matchersOf(silence)), comment: silence.comment });

export function endOf(draft: SilenceDraft, now: number, zone: string): number | null {
  const begin = draft.begins === "" ? now : momentOf(draft.begins, zone);
  if (draft.length === "own") return momentOf(draft.ends, zone);
  if (begin === null) return null;
  return draft.length === "morning" ? momentOf(nextMorning(begin, zone), zone) : begin + Number(draft.length) * HOUR_MS;
}

export type Fault = "matchers" | "begins" | "ends" | "comment";

/** What a person has to mend first; empty when nothing. `before` is the silence that is changed. */
export function faultsIn(draft: SilenceDraft, now: number, zone: string, isSnooze: boolean): readonly Fault[] {
  const begin = draft.begins === "" ? now : momentOf(draft.begins, zone);
  const end = endOf(draft, now, zone);
  const faults: Fault[] = [];
  if (!isSnooze && (draft.matchers.length === 0 || draft.matchers.some(({ value }) => value.trim() === ""))) faults.push("matchers");
  if (begin === null) faults.push("begins");
  else if (end === null || end <= begin || end > begin + YEAR_MS) faults.push("ends");
  if (!isSnooze && draft.comment.trim() === "") faults.push("comment");
  return faults;
}

export function bodyOf(draft: SilenceDraft, now: number, zone: string) {
  const matchers: Matcher[] = draft.matchers.map(({ label, value, isEqual }) => ({ label, value: value.trim(), is_equal: isEqual }));
  const begins = draft.begins === "" ? null : isoOf(draft.begins, zone);
  return {
    matchers,
    ...(begins !== null && { starts_at: begins }),
    ends_at: new Date(endOf(draft, now, zone) ?? now).toISOString(),
    comment: draft.comment.trim(),
  };
}

/** Only what was changed: a form knows minutes, and what nobody touched keeps its seconds. */
export function changesOf(draft: SilenceDraft, before: Silence, now: number, zone: string) {
  const was = draftOf(before, zone);
  const { matchers, starts_at, ends_at, comment } = bodyOf(draft, now, zone);
  return {
    ...(before.alert_id === null && { matchers }),
    ...(draft.begins !== was.begins && { starts_at: starts_at ?? new Date(now).toISOString() }),
    ...((draft.length !== "own" || draft.ends !== was.ends) && { ends_at }),
    ...(comment !== "" && { comment }),
  };
}

/** "?kind=node&name=pve1&rule=..." of an address, in the order of the labels. */
export const matchersIn = (asked: URLSearchParams): readonly MatcherDraft[] =>
  LABELS.flatMap((label) => {
    const value = asked.get(label);
    return value === null || value === "" ? [] : [{ label, value, isEqual: true }];
  });

/** Where the form opens filled in for this alert: its object, and what is wrong with it. */
export function silencePath({ object, rule_name }: Pick<Alert, "object" | "rule_name">): string {
  const asked = new URLSearchParams({ kind: object.kind, name: object.name, ...(rule_name !== null && { rule: rule_name }) });
  return `/incidents/silences/new?${asked}`;
}

export type Standing = "active" | "coming" | "over";

export const standingOf = (silence: Silence, now: number): Standing =>
  silence.active_now ? "active" : Date.parse(silence.starts_at) > now ? "coming" : "over";
