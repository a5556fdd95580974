import styles from "./docs-page.module.css";

/** The last capitalised word is the schema it leads to: "Vm[]" leads to Vm. */
export function TypeName({ type }: { type: string }) {
  const schema = /^([A-Z]\w*)(\[\])?$/.exec(type)?.[1];
  if (!type) return null;
  return schema ? (
    <a className={styles.type} href={`#schema-${schema}`}>
      {type}
    </a>
  ) : (
    <code className={styles.type}>{type}</code>
  );
}
