import styles from "./form.module.css";

/** Why an order was refused, read out at once; nothing when there is nothing to say. */
export function Refusal({ text }: { text: string | null }) {
  return text === null ? null : (
    <p role="alert" className={styles.wrong}>
      {text}
    </p>
  );
}
