import { NavLink, useLocation } from "react-router";
import { useFrameWords } from "../../i18n/frame";
import { PAGES, type Page, SETTINGS } from "../pages";
import styles from "./shell.module.css";

export function Rail() {
  const t = useFrameWords();
  return (
    <nav className={styles.nav} aria-label={t("nav.main")}>
      {PAGES.map((page) => (
        <RailLink key={page.path} page={page} />
      ))}
      <RailLink page={SETTINGS} isLast />
    </nav>
  );
}

function RailLink({ page, isLast = false }: { page: Page; isLast?: boolean }) {
  const t = useFrameWords();
  const { pathname } = useLocation();
  const isWithin = isLast && pathname.startsWith("/settings/");
  const Icon = page.icon;
  return (
    <NavLink
      to={page.path}
      title={t(page.word)}
      className={({ isActive }) => `${styles.link} ${isLast ? styles.last : ""} ${isActive || isWithin ? styles.here : ""}`}
    >
      <Icon size={17} aria-hidden="true" />
      <span>{t(page.word)}</span>
    </NavLink>
  );
}
