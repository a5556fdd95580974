// Whether what one sees is of now. A click stops the page from moving.
import { Pause, Play } from "lucide-react";
import { type FrameWords, useFrameWords } from "../../i18n/frame";
import { type LiveState, useLiveState } from "../../live/use-live";
import styles from "./live-state.module.css";

/** Silence shorter than this is the rhythm of the polls. */
const OLD_SECONDS = 5;

function textOf(t: FrameWords, state: LiveState): string {
  if (state.line === "offline") return state.retrySeconds ? t("live.offlineIn", { seconds: state.retrySeconds }) : t("live.offline");
  return t(`live.${state.line}`);
}

export function LiveIndicator() {
  const t = useFrameWords();
  const state = useLiveState();
  const isPaused = state.line === "paused";
  const age = state.line !== "live" && state.ageSeconds !== null && state.ageSeconds > OLD_SECONDS ? state.ageSeconds : null;
  const Icon = isPaused ? Play : Pause;
  return (
    <>
      <button
        type="button"
        className={styles.live}
        data-line={state.line}
        onClick={state.togglePause}
        aria-pressed={isPaused}
        title={t(isPaused ? "live.resume" : "live.pause")}
      >
        <span className={styles.dot} aria-hidden="true" />
        <span>{textOf(t, state)}</span>
        {age !== null && <span className={styles.age}>{t("live.old", { seconds: age })}</span>}
        <Icon size={14} aria-hidden="true" />
      </button>
      <output className={styles.told}>{state.line === "live" ? "" : t(`live.${state.line}`)}</output>
    </>
  );
}
