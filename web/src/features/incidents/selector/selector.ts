// Whom a rule or a window is about, as the form holds it. Pure.
import type { AlertSelector, EntityKind } from "../../../fleet/nouns";

export const LISTS = ["cluster_ids", "node_ids", "vm_ids", "storage_ids", "service_ids"] as const;
export type ListName = (typeof LISTS)[number];
export const WORD_LISTS = ["pools", "tags"] as const;
export type WordList = (typeof WORD_LISTS)[number];
export const KINDS: readonly EntityKind[] = ["node", "guest", "storage", "service", "cluster", "monitor"];

export type SelectorDraft = Record<ListName | WordList, readonly string[]> & { type: EntityKind | null };

export const EVERYTHING: SelectorDraft = {
  type: null,
  cluster_ids: [],
  node_ids: [],
  vm_ids: [],
  storage_ids: [],
  service_ids: [],
  pools: [],
  tags: [],
};

export function draftOf(selector: AlertSelector): SelectorDraft {
  return {
    type: selector.type ?? null,
    cluster_ids: selector.cluster_ids ?? [],
    node_ids: selector.node_ids ?? [],
    vm_ids: selector.vm_ids ?? [],
    storage_ids: selector.storage_ids ?? [],
    service_ids: selector.service_ids ?? [],
    pools: selector.pools ?? [],
    tags: selector.tags ?? [],
  };
}

/** Only what narrows it down. */
export function bodyOf(draft: SelectorDraft): AlertSelector {
  const lists = [...LISTS, ...WORD_LISTS].filter((name) => draft[name].length > 0);
  return { ...(draft.type !== null && { type: draft.type }), ...Object.fromEntries(lists.map((name) => [name, [...draft[name]]])) };
}

export const isEverything = (draft: SelectorDraft): boolean =>
  draft.type === null && [...LISTS, ...WORD_LISTS].every((name) => draft[name].length === 0);

/** Those of the lists whose objects can be of the type. */
export function listsFor(type: EntityKind | null): readonly ListName[] {
  const own: Partial<Record<EntityKind, ListName>> = { node: "node_ids", guest: "vm_ids", storage: "storage_ids", service: "service_ids" };
  if (type === null) return LISTS;
  if (type === "monitor") return [];
  return type === "cluster" ? ["cluster_ids"] : ["cluster_ids", own[type] as ListName];
}

/** Of another type: objects that are of the old one would exclude everything. */
export function ofType(draft: SelectorDraft, type: EntityKind | null): SelectorDraft {
  const kept = listsFor(type);
  const lists = Object.fromEntries(LISTS.map((name) => [name, kept.includes(name) ? draft[name] : []])) as Record<
    ListName,
    readonly string[]
  >;
  return { ...draft, ...lists, type };
}

export const hasPools = (type: EntityKind | null): boolean => type === null || type === "guest" || type === "storage" || type === "service";
