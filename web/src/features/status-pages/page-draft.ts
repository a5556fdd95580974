// What the form of a status page holds, and the moves that it knows. Pure.
import type { components } from "../../api/schema.gen";
import type { StatusPage } from "../../fleet/nouns";

export interface Item {
  service_id: string;
  name: string;
}
export interface Group {
  /** Only for the document: groups have no id of their own. */
  key: number;
  name: string;
  items: readonly Item[];
}
export type Notice = components["schemas"]["StatusNotice"];
export type Language = StatusPage["language"];

export interface PageDraft {
  slug: string;
  title: string;
  description: string;
  theme: StatusPage["theme"];
  language: Language;
  is_public: boolean;
  days: string;
  groups: readonly Group[];
  notices: readonly Notice[];
}

export const emptyDraft = (language: Language): PageDraft => ({
  slug: "",
  title: "",
  description: "",
  theme: "system",
  language,
  is_public: false,
  days: "90",
  groups: [{ key: 0, name: "", items: [] }],
  notices: [],
});

export const draftOf = (page: StatusPage): PageDraft => ({
  slug: page.slug,
  title: page.title,
  description: page.description,
  theme: page.theme,
  language: page.language,
  is_public: page.is_public,
  days: String(page.show_history_days),
  groups: page.groups.map((group, key) => ({
    key,
    name: group.name,
    items: group.items.map(({ service_id, name }) => ({ service_id, name })),
  })),
  notices: page.notices,
});

export const bodyOf = (draft: PageDraft) => ({
  slug: draft.slug,
  title: draft.title.trim(),
  description: draft.description,
  theme: draft.theme,
  language: draft.language,
  is_public: draft.is_public,
  show_history_days: Math.min(90, Math.max(1, Number(draft.days) || 90)),
  groups: draft.groups.map(({ name, items }) => ({ name: name.trim(), items: items.map((item) => ({ ...item, name: item.name.trim() })) })),
  notices: draft.notices.map((notice) => ({ ...notice })),
});

/** "Our Shop" -> "our-shop": what an address may hold. */
export const slugOf = (title: string): string =>
  title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/ø/g, "o")
    .replace(/æ/g, "ae")
    .replace(/ß/g, "ss")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 64);

/** The one at this place a step up or down; at the edge it stays. */
export function moved<T>(all: readonly T[], at: number, step: -1 | 1): T[] {
  const next = [...all];
  const to = at + step;
  const one = next[at];
  const other = next[to];
  if (one === undefined || other === undefined) return next;
  next[at] = other;
  next[to] = one;
  return next;
}

export const changed = <T>(all: readonly T[], at: number, part: Partial<T>): T[] =>
  all.map((one, i) => (i === at ? { ...one, ...part } : one));
export const without = <T>(all: readonly T[], at: number): T[] => all.filter((_, i) => i !== at);

export const isComplete = (draft: PageDraft): boolean =>
  draft.title.trim() !== "" &&
  /^[a-z0-9]+(-[a-z0-9]+)*$/.test(draft.slug) &&
  draft.groups.every((group) => group.items.every((item) => item.name.trim() !== ""));
