// A row of tabs that are addresses.
import { NavLink } from "react-router";
import styles from "./tabs.module.css";

interface TabsProps {
  label: string;
  /** An exact tab is not current on the pages below its own. */
  tabs: readonly { path: string; word: string; isExact?: boolean }[];
}

export function Tabs({ label, tabs }: TabsProps) {
  return (
    <nav className={styles.tabs} aria-label={label}>
      {tabs.map(({ path, word, isExact = false }) => (
        <NavLink key={path} to={path} end={isExact} className={styles.tab ?? ""}>
          {word}
        </NavLink>
      ))}
    </nav>
  );
}
