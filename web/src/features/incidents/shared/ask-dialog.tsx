// A button that asks how before it does something: for how long, and why.
import { type ReactNode, useRef } from "react";
import { useWords } from "../../../fleet/words";
import { PlainButton } from "../../../parts/order-button";
import type { Deed } from "../../../parts/use-deed";
import styles from "./shared.module.css";

interface AskProps {
  word: string;
  /** Of the button that does it; as `word` when it is not given. */
  doWord?: string;
  kind?: "plain" | "primary" | "danger";
  help: string;
  deed: Deed;
  run: () => Promise<unknown>;
  children?: ReactNode;
}

export function AskDialog({ word, doWord = word, kind = "plain", help, deed, run, children }: AskProps) {
  const t = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const go = async () => {
    if (await deed.run(run)) dialog.current?.close();
  };
  return (
    <>
      <PlainButton kind={kind} onClick={() => dialog.current?.showModal()}>
        {word}
      </PlainButton>
      <dialog ref={dialog} className={styles.dialog} aria-label={word}>
        <h2>{word}</h2>
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            void go();
          }}
        >
          <p className={styles.help}>{help}</p>
          {children}
          {deed.problem && <p role="alert">{deed.problem.fields[0]?.message ?? (deed.problem.detail || t("edge.failed"))}</p>}
          <div className={styles.buttons}>
            <PlainButton type="submit" kind={kind === "danger" ? "danger" : "primary"} isBusy={deed.isBusy}>
              {doWord}
            </PlainButton>
            <PlainButton onClick={() => dialog.current?.close()}>{t("cancel")}</PlainButton>
          </div>
        </form>
      </dialog>
    </>
  );
}
