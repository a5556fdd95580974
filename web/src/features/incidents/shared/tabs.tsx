import { NavLink } from "react-router";
import { useAlertWords } from "../../../views/alerts/words";
import styles from "./shared.module.css";

const TABS = [
  { path: "/incidents", word: "tab.incidents" },
  { path: "/incidents/history", word: "tab.history" },
  { path: "/incidents/rules", word: "tab.rules" },
] as const;

export function Tabs() {
  const t = useAlertWords();
  return (
    <nav className={styles.tabs} aria-label={t("tab.label")}>
      {TABS.map(({ path, word }) => (
        <NavLink key={path} to={path} end className={styles.tab ?? ""}>
          {t(word)}
        </NavLink>
      ))}
    </nav>
  );
}
