// A state as shape + word + colour, so that it holds in greyscale and for every eye.
import type { Look, Tone } from "../fleet/look";
import { useWords } from "../fleet/words";
import styles from "./state-mark.module.css";

const SHAPES: Record<Tone, React.ReactNode> = {
  ok: <circle cx="5" cy="5" r="4" fill="currentColor" />,
  warn: <path d="M5 .8 9.6 9H.4z" fill="currentColor" />,
  crit: <path d="M5 0 10 5 5 10 0 5z" fill="currentColor" />,
  off: <circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" strokeWidth="1.6" />,
  unknown: <circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" strokeWidth="1.6" strokeDasharray="2.2 1.6" />,
};

export function Shape({ tone }: { tone: Tone }) {
  return (
    <svg className={`${styles.shape} ${styles[tone]}`} viewBox="0 0 10 10" aria-hidden="true">
      {SHAPES[tone]}
    </svg>
  );
}

export function StateMark({ look, wordHidden = false }: { look: Look; wordHidden?: boolean }) {
  const t = useWords();
  return (
    <span className={styles.mark}>
      <Shape tone={look.tone} />
      <span className={wordHidden ? styles.hidden : styles.word}>{t(look.word)}</span>
    </span>
  );
}
