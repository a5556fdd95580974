// The frame of every fleet page: its head, its panels, a notice, and a list of facts.
import { type ReactNode, useEffect } from "react";
import type { Tone } from "../fleet/look";
import styles from "./panel.module.css";
import { Shape } from "./state-mark";

interface HeadProps {
  title: ReactNode;
  hint?: ReactNode;
  actions?: ReactNode;
}

export function PageHead({ title, hint, actions }: HeadProps) {
  useEffect(() => {
    if (typeof title === "string") document.title = `${title} · Monitorix`;
  }, [title]);
  return (
    <header className={styles.head}>
      <h1 className={styles.title}>{title}</h1>
      {hint && <span className={styles.hint}>{hint}</span>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </header>
  );
}

interface PanelProps {
  title: string;
  hint?: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
  /** Without a head: the page's own title says it already. */
  isBare?: boolean;
  children: ReactNode;
}

export function Panel({ title, hint, actions, wide = false, isBare = false, children }: PanelProps) {
  return (
    <section className={`${styles.panel} ${wide ? styles.wide : ""} ${isBare ? styles.bare : ""}`} aria-label={title}>
      {!isBare && (
        <div className={styles.panelHead}>
          <h2 className={styles.panelTitle}>{title}</h2>
          {hint && <span className={styles.hint}>{hint}</span>}
          {actions && <div className={styles.actions}>{actions}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

export const PanelGrid = ({ children }: { children: ReactNode }) => <div className={styles.grid}>{children}</div>;

export function Notice({ tone, children }: { tone: Tone; children: ReactNode }) {
  const border = tone === "crit" ? styles.crit : tone === "warn" ? styles.warn : "";
  return (
    <div className={`${styles.notice} ${border}`} role={tone === "crit" ? "alert" : "status"}>
      <Shape tone={tone} />
      <div>{children}</div>
    </div>
  );
}

export interface Fact {
  name: string;
  value: ReactNode;
}

/** Facts that are null are left out; unknown ones come as an en dash from useNumbers. */
export function Facts({ facts }: { facts: readonly (Fact | null)[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(
        (fact) =>
          fact && (
            <div key={fact.name} className={styles.fact}>
              <dt>{fact.name}</dt>
              <dd>{fact.value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
