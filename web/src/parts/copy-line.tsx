// Lines to run somewhere else, with a button that copies them.
import { useState } from "react";
import { useWords } from "../fleet/words";
import styles from "./copy-line.module.css";

export function CopyButton({ label, text }: { label: string; text: string }) {
  const t = useWords();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    // Plain HTTP has no clipboard; then the lines stay selectable.
    await navigator.clipboard?.writeText(text);
    setCopied(navigator.clipboard !== undefined);
  };
  return (
    <button type="button" className={styles.copy} onClick={() => void copy()} aria-label={`${t("copy")}: ${label}`}>
      {t(isCopied ? "copied" : "copy")}
    </button>
  );
}

export function CopyLine({ label, text }: { label: string; text: string }) {
  return (
    <div className={styles.box}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key */}
      <section className={styles.lines} tabIndex={0} aria-label={label}>
        {text}
      </section>
      <CopyButton label={label} text={text} />
    </div>
  );
}
