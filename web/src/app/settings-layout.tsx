import { NavLink, Outlet } from "react-router";
import { useMay } from "../api/session";
import { useFrameWords } from "../i18n/frame";
import { SETTINGS_PAGES } from "./pages";
import styles from "./settings-layout.module.css";

/** The settings share a row of tabs; those of administrators are shown to them alone. */
export function SettingsLayout() {
  const t = useFrameWords();
  const isAdmin = useMay("admin");
  return (
    <>
      <nav className={styles.tabs} aria-label={t("nav.settings")}>
        {SETTINGS_PAGES.filter((page) => page.least === "viewer" || isAdmin).map((page) => (
          <NavLink key={page.path} to={page.path} className={styles.tab ?? ""}>
            {t(page.word)}
          </NavLink>
        ))}
      </nav>
      <Outlet />
    </>
  );
}
