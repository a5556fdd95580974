import { useEffect } from "react";
import { useLocation } from "react-router";
import { type FrameKey, useFrameWords } from "../../i18n/frame";
import { PAGES, SETTINGS_PAGES } from "../pages";

const wordOf = (path: string): FrameKey | null => [...PAGES, ...SETTINGS_PAGES].find((one) => path === one.path)?.word ?? null;

/** The tab says which page it is, and a reader of the screen hears it; the page of one object names itself (PageHead). */
export function useTitle(): void {
  const t = useFrameWords();
  const { pathname } = useLocation();
  useEffect(() => {
    const word = wordOf(pathname);
    if (word) document.title = `${t(word)} · Monitorix`;
  }, [pathname, t]);
}
