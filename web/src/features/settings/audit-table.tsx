import { useTranslation } from "react-i18next";
import type { AuditEntry } from "../../api/queries";
import { formatMoment } from "../../format/time";
import { localeOf } from "../../i18n/languages";
import { useAccountWords } from "../../parts/account-words";
import styles from "./settings.module.css";

export function AuditTable({ entries }: { entries: readonly AuditEntry[] }) {
  const say = useAccountWords();
  if (entries.length === 0) return <p className={styles.quiet}>{say("audit.none")}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
    <div className={styles.scroll} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            {["when", "who", "action", "object", "result", "from", "changes"].map((column) => (
              <th key={column} scope="col">
                {say(`audit.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <AuditRow key={entry.id} entry={entry} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function AuditRow({ entry }: { entry: AuditEntry }) {
  const say = useAccountWords();
  const { i18n } = useTranslation();
  const kind = say(`audit.kinds.${entry.resource_type}`, { defaultValue: entry.resource_type });
  const hasChanges = entry.changes !== null && Object.keys(entry.changes).length > 0;
  return (
    <tr>
      <td>{formatMoment(entry.created_at, localeOf(i18n.language, navigator.languages))}</td>
      <td>{entry.username}</td>
      <td>
        <code>{entry.action}</code>
      </td>
      <td>
        {kind} {entry.resource_name ?? entry.resource_id}
      </td>
      <td className={entry.success ? undefined : styles.failed}>
        {say(entry.success ? "audit.done" : "audit.refused")}
        {entry.error_message ? `: ${say(`problem.${entry.error_message}`, { defaultValue: entry.error_message })}` : null}
      </td>
      <td title={entry.user_agent ?? undefined}>{entry.ip_address}</td>
      <td>
        {hasChanges ? (
          <details>
            <summary>{say("audit.show")}</summary>
            <pre className={styles.details}>{JSON.stringify(entry.changes, null, 2)}</pre>
          </details>
        ) : null}
      </td>
    </tr>
  );
}
