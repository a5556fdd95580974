// Whom it is about, in a line of words.
import { useQuietWords } from "../shared/quiet-words";
import { isEverything, LISTS, type SelectorDraft } from "./selector";
import type { Things } from "./things";

const MOST_NAMED = 3;

export function useSelectorWords(things: Things): (draft: SelectorDraft) => string {
  const t = useQuietWords();
  return (draft) => {
    if (isEverything(draft)) return t("selector.everything");
    const named = (names: readonly string[]) => {
      const rest = names.length - MOST_NAMED;
      return names.slice(0, MOST_NAMED).join(", ") + (rest > 0 ? ` +${rest}` : "");
    };
    const parts = [draft.type === null ? "" : t(`selector.all.${draft.type}`)];
    for (const list of LISTS) if (draft[list].length > 0) parts.push(named(draft[list].map((id) => things.nameOf(list, id))));
    if (draft.tags.length > 0) parts.push(t("selector.tagged", { names: named(draft.tags) }));
    if (draft.pools.length > 0) parts.push(t("selector.pooled", { names: named(draft.pools) }));
    return parts.filter((part) => part !== "").join(" · ");
  };
}
