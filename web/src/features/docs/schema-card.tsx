import { useEffect, useRef } from "react";
import { useLocation } from "react-router";
import { useAccountWords } from "../../parts/account-words";
import styles from "./docs-page.module.css";
import type { Schema } from "./document";
import { TypeName } from "./type-name";

export function SchemaCard({ schema }: { schema: Schema }) {
  const say = useAccountWords();
  const card = useRef<HTMLDetailsElement>(null);
  const id = `schema-${schema.name}`;
  const { hash } = useLocation();
  const isMeant = hash === `#${id}`;
  useEffect(() => {
    if (!isMeant || !card.current) return;
    card.current.open = true;
    card.current.scrollIntoView();
  }, [isMeant]);
  return (
    <details ref={card} id={id} className={styles.card}>
      <summary>
        <code>{schema.name}</code> {schema.members.length === 0 ? <code className={styles.type}>{schema.type}</code> : null}
      </summary>
      {schema.about ? <p className={styles.about}>{schema.about}</p> : null}
      <dl className={styles.list}>
        {schema.members.map((member) => (
          <div key={member.name}>
            <dt>
              <code>{member.name}</code> {member.isRequired ? <small>{say("docs.required")}</small> : null}
            </dt>
            <dd>
              <TypeName type={member.type} /> {member.about}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
