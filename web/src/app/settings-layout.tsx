import { Outlet } from "react-router";
import { useMay } from "../api/session";
import { useFrameWords } from "../i18n/frame";
import { Tabs } from "../ui/tabs";
import { SETTINGS_PAGES } from "./pages";

/** The settings share a row of tabs; those of administrators are shown to them alone. */
export function SettingsLayout() {
  const t = useFrameWords();
  const isAdmin = useMay("admin");
  const tabs = SETTINGS_PAGES.filter((page) => page.least === "viewer" || isAdmin).map(({ path, word }) => ({ path, word: t(word) }));
  return (
    <>
      <Tabs label={t("nav.settings")} tabs={tabs} />
      <Outlet />
    </>
  );
}
