import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useReducer } from "react";
import { useTranslation } from "react-i18next";
import { client } from "../../api/client";
import { answer } from "../../api/problem";
import { type ApiKey, keysQuery } from "../../api/queries";
import { useMay } from "../../api/session";
import { formatMoment } from "../../format/time";
import { localeOf } from "../../i18n/languages";
import { tellRest, useAccountWords } from "../../parts/account-words";
import form from "../../parts/form.module.css";
import { Refusal } from "../../parts/refusal";
import { useDeed } from "../../parts/use-deed";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Asked } from "./asked";
import { KeyForm } from "./key-form";
import styles from "./settings.module.css";

type Open = { dialog: "none" } | { dialog: "create" } | { dialog: "revoke"; key: ApiKey };

/** Keys for programs: everybody's own, for an administrator all. */
export function KeysPage() {
  const say = useAccountWords();
  const queries = useQueryClient();
  const keys = useQuery(keysQuery);
  const seesAll = useMay("admin");
  const [open, show] = useReducer((_: Open, next: Open) => next, { dialog: "none" });
  const close = () => show({ dialog: "none" });
  const reload = () => queries.invalidateQueries({ queryKey: keysQuery.queryKey });

  return (
    <div className={styles.page}>
      <h1>{say("keys.title")}</h1>
      {keys.data ? (
        <section className={styles.panel} aria-label={say("keys.title")}>
          <p className={styles.quiet}>{say("keys.about")}</p>
          <div className={styles.above}>
            <Button look="main" onClick={() => show({ dialog: "create" })}>
              {say("keys.create")}
            </Button>
          </div>
          {keys.data.length === 0 ? <p>{say("keys.none")}</p> : null}
          {keys.data.length > 0 ? (
            <KeyTable keys={keys.data} withOwner={seesAll} onRevoke={(key) => show({ dialog: "revoke", key })} />
          ) : null}
        </section>
      ) : (
        <Asked isLoading={keys.isLoading} error={keys.error} retry={() => void keys.refetch()} />
      )}
      {open.dialog === "create" ? (
        <Dialog isOpen closeLabel={say("cancel")} title={say("keys.create")} onClose={close}>
          <KeyForm onMade={() => void reload()} onClose={close} />
        </Dialog>
      ) : null}
      {open.dialog === "revoke" ? <RevokeKey apiKey={open.key} onClose={close} onRevoked={() => void reload().then(close)} /> : null}
    </div>
  );
}

function KeyTable({ keys, withOwner, onRevoke }: { keys: readonly ApiKey[]; withOwner: boolean; onRevoke: (key: ApiKey) => void }) {
  const say = useAccountWords();
  const { i18n } = useTranslation();
  const moment = (at: string) => formatMoment(at, localeOf(i18n.language, navigator.languages));
  const fields = ["name", "prefix", "scopes", ...(withOwner ? ["owner"] : []), "lastUsed", "expires"];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
    <div className={styles.scroll} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            {fields.map((field) => (
              <th key={field} scope="col">
                {say(`keys.${field}`)}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id}>
              <td>{key.name}</td>
              <td>
                <code>{key.prefix}</code>
              </td>
              <td>{key.scopes.map((scope) => say(`keys.scope.${scope}`)).join(", ")}</td>
              {withOwner ? <td>{key.username}</td> : null}
              <td>{key.last_used_at ? moment(key.last_used_at) : say("users.never")}</td>
              <td>{key.expires_at ? moment(key.expires_at) : say("users.never")}</td>
              <td>
                <Button aria-label={say("keys.revokeOne", { name: key.name })} onClick={() => onRevoke(key)}>
                  {say("keys.revoke")}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RevokeKey({ apiKey, onClose, onRevoked }: { apiKey: ApiKey; onClose: () => void; onRevoked: () => void }) {
  const say = useAccountWords();
  const revoking = useDeed();
  const run = () =>
    void revoking
      .run(() => answer(client.DELETE("/api/api-keys/{id}", { params: { path: { id: apiKey.id } } })))
      .then((isGone) => (isGone ? onRevoked() : undefined));
  return (
    <Dialog isOpen closeLabel={say("cancel")} title={say("keys.revokeOne", { name: apiKey.name })} onClose={onClose}>
      <p>{say("keys.revokeAbout")}</p>
      <Refusal text={tellRest(say, revoking.problem, [])} />
      <div className={form.row}>
        <Button look="danger" disabled={revoking.isBusy} onClick={run}>
          {say("keys.revokeOne", { name: apiKey.name })}
        </Button>
        <Button onClick={onClose}>{say("cancel")}</Button>
      </div>
    </Dialog>
  );
}
