import { useEffect } from "react";
import { useLocation } from "react-router";
import { type FrameKey, useFrameWords } from "../../i18n/frame";
import { PAGES, SETTINGS_PAGES } from "../pages";

function wordOf(path: string): FrameKey | null {
  const page = [...PAGES, ...SETTINGS_PAGES].find((one) => path === one.path || path.startsWith(`${one.path}/`));
  return page?.word ?? null;
}

/** The tab says which page it is, and a reader of the screen hears it when the page changes. */
export function useTitle(): void {
  const t = useFrameWords();
  const { pathname } = useLocation();
  useEffect(() => {
    const word = wordOf(pathname);
    document.title = word ? `${t(word)} · Monitorix` : "Monitorix";
  }, [pathname, t]);
}
