// A channel as it stands in the form, and what of it is sent: secrets only when somebody typed them.
import type { Channel, ChannelType } from "../../fleet/nouns";
import type { Language } from "../../i18n/languages";
import { CHANNEL_FIELDS } from "./fields";

export const SEVERITIES = ["critical", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Draft {
  name: string;
  type: ChannelType;
  settings: Readonly<Record<string, string>>;
  /** All three when the server filters by none. */
  severities: readonly Severity[];
  language: Language;
  zone: string;
  sendsResolved: boolean;
  isActive: boolean;
}

export const emptyDraft = (type: ChannelType, language: Language, zone: string): Draft => ({
  name: "",
  type,
  settings: {},
  severities: SEVERITIES,
  language,
  zone,
  sendsResolved: true,
  isActive: true,
});

export const draftOf = (channel: Channel): Draft => ({
  name: channel.name,
  type: channel.type,
  settings: Object.fromEntries(Object.entries(channel.settings).map(([name, value]) => [name, value === null ? "" : String(value)])),
  severities: channel.severity_filter.length === 0 ? SEVERITIES : channel.severity_filter,
  language: channel.language,
  zone: channel.time_zone,
  sendsResolved: channel.send_resolved,
  isActive: channel.is_active,
});

export function bodyOf(draft: Draft) {
  const settings: Record<string, string | number | null> = {};
  for (const field of CHANNEL_FIELDS[draft.type]) {
    const text = draft.settings[field.name] ?? "";
    if (field.isSecret && text === "") continue;
    settings[field.name] = text === "" ? null : field.kind === "number" ? Number(text) : text;
  }
  return {
    name: draft.name,
    type: draft.type,
    settings,
    severity_filter: draft.severities.length === SEVERITIES.length ? [] : [...draft.severities],
    language: draft.language,
    time_zone: draft.zone,
    send_resolved: draft.sendsResolved,
    is_active: draft.isActive,
  };
}

/** Secrets that are kept already need not be typed again. */
export function isComplete(draft: Draft, kept: readonly string[]): boolean {
  const has = (name: string) => (draft.settings[name] ?? "") !== "" || kept.includes(name);
  return draft.name.trim() !== "" && CHANNEL_FIELDS[draft.type].every((field) => !field.isNeeded || has(field.name));
}
