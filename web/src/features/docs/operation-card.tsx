import { useAccountWords } from "../../parts/account-words";
import styles from "./docs-page.module.css";
import type { Operation } from "./document";
import { TypeName } from "./type-name";

export function OperationCard({ operation }: { operation: Operation }) {
  const say = useAccountWords();
  const { method, path, summary, role, parameters, body, answers } = operation;
  return (
    <details className={styles.card}>
      <summary>
        <code className={styles.method}>{method}</code> <code>{path}</code> <span>{summary}</span>{" "}
        <small className={styles.role}>{say(role === "open" ? "docs.open" : `role.${role}`)}</small>
      </summary>
      {parameters.length > 0 ? (
        <>
          <h3>{say("docs.parameters")}</h3>
          <dl className={styles.list}>
            {parameters.map((one) => (
              <div key={`${one.place} ${one.name}`}>
                <dt>
                  <code>{one.name}</code> <small>{one.isRequired ? `${one.place}, ${say("docs.required")}` : one.place}</small>
                </dt>
                <dd>
                  <TypeName type={one.type} /> {one.about}
                </dd>
              </div>
            ))}
          </dl>
        </>
      ) : null}
      {body ? (
        <>
          <h3>{say("docs.body")}</h3>
          <TypeName type={body} />
        </>
      ) : null}
      <h3>{say("docs.answers")}</h3>
      <dl className={styles.list}>
        {answers.map((one) => (
          <div key={one.status}>
            <dt>
              <code>{one.status}</code>
            </dt>
            <dd>
              {one.about} <TypeName type={one.type} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
