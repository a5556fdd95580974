// The API as people read it. A page of our own: the viewers there are need eval or inline styles, which the content
// security policy of the server refuses.
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { problemOf } from "../../api/problem";
import { openApiQuery } from "../../api/queries";
import { tellProblem, useAccountWords } from "../../parts/account-words";
import { Field } from "../../parts/field";
import form from "../../parts/form.module.css";
import { Button } from "../../ui/button";
import styles from "./docs-page.module.css";
import { type Operation, readDocument } from "./document";
import { OperationCard } from "./operation-card";
import { SchemaCard } from "./schema-card";

export function DocsPage() {
  const say = useAccountWords();
  const asked = useQuery(openApiQuery);
  const document = useMemo(() => readDocument(asked.data), [asked.data]);
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search).trim().toLowerCase();
  const operations = document.operations.filter((one) => fits(one, wanted));
  const tags = [...new Set(operations.map((one) => one.tag))];

  return (
    <div className={styles.page}>
      <h1>{say("docs.title")}</h1>
      <p>
        {say("docs.about")} <a href="/api/openapi.json">{say("docs.download")}</a>
      </p>
      {asked.error ? (
        <div role="alert" className={form.row}>
          <span className={form.wrong}>{tellProblem(say, problemOf(asked.error))}</span>
          <Button onClick={() => void asked.refetch()}>{say("retry")}</Button>
        </div>
      ) : null}
      {asked.isLoading ? <p className={form.hint}>{say("loading")}</p> : null}
      {asked.data ? (
        <>
          <p className={styles.about}>{document.about}</p>
          <Field label={say("docs.search")} type="search" value={search} onText={setSearch} />
          {operations.length === 0 ? <p className={form.hint}>{say("docs.none")}</p> : null}
          {tags.map((tag) => (
            <section key={tag} aria-label={tag}>
              <h2>{tag}</h2>
              {operations
                .filter((one) => one.tag === tag)
                .map((one) => (
                  <OperationCard key={one.id} operation={one} />
                ))}
            </section>
          ))}
          <section aria-label={say("docs.schemas")}>
            <h2>{say("docs.schemas")}</h2>
            {document.schemas.map((schema) => (
              <SchemaCard key={schema.name} schema={schema} />
            ))}
          </section>
        </>
      ) : null}
    </div>
  );
}

const fits = (one: Operation, wanted: string): boolean =>
  `${one.method} ${one.path} ${one.id} ${one.summary}`.toLowerCase().includes(wanted);
