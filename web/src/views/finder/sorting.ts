// By what a list is sorted, as its address says it: "cpu" or "-cpu". Pure.

export interface SortingBy<Key extends string> {
  key: Key;
  down: boolean;
}

/** Anything else than one of the keys is `first`. */
export function sortingOf<Key extends string>(keys: readonly Key[], first: SortingBy<Key>, text: string | null): SortingBy<Key> {
  const down = text?.startsWith("-") ?? false;
  const key = keys.find((known) => known === (down ? text?.slice(1) : text));
  return key ? { key, down } : first;
}

export const sortingText = (sorting: SortingBy<string>): string => (sorting.down ? "-" : "") + sorting.key;
