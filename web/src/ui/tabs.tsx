// A row of tabs that are addresses.
import { NavLink } from "react-router";
import styles from "./tabs.module.css";

interface TabsProps {
  label: string;
  tabs: readonly { path: string; word: string }[];
  /** A tab is not current on the pages below its own. */
  isExact?: boolean;
}

export function Tabs({ label, tabs, isExact = false }: TabsProps) {
  return (
    <nav className={styles.tabs} aria-label={label}>
      {tabs.map(({ path, word }) => (
        <NavLink key={path} to={path} end={isExact} className={styles.tab ?? ""}>
          {word}
        </NavLink>
      ))}
    </nav>
  );
}
