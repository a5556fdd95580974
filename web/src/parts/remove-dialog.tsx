// A button that asks once more before something is removed.
import { type ReactNode, useRef } from "react";
import { useWords } from "../fleet/words";
import { PlainButton } from "./order-button";
import styles from "./remove-dialog.module.css";

interface RemoveProps {
  word: string;
  title: string;
  help: string;
  /** The button that does it. */
  confirm: ReactNode;
  /** Why it did not work. */
  children?: ReactNode;
}

export function RemoveDialog({ word, title, help, confirm, children }: RemoveProps) {
  const t = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <PlainButton kind="danger" onClick={() => dialog.current?.showModal()}>
        {word}
      </PlainButton>
      <dialog ref={dialog} className={styles.dialog} aria-label={title}>
        <h2>{title}</h2>
        <p>{help}</p>
        <div className={styles.buttons}>
          {confirm}
          <PlainButton onClick={() => dialog.current?.close()}>{t("cancel")}</PlainButton>
        </div>
        {children}
      </dialog>
    </>
  );
}
