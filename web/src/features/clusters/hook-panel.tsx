// Where Proxmox VE sends its own notifications: an address with a secret that is shown once, what to enter there, and since when it is used.
import { useState } from "react";
import { client } from "../../api/client";
import { useAnswer, useOrder, useOrderOf } from "../../fleet/ask";
import type { Cluster } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useWords } from "../../fleet/words";
import { useMay } from "../../fleet/world";
import { CopyLine } from "../../parts/copy-line";
import { Answered } from "../../parts/edges";
import { OrderButton, PlainButton } from "../../parts/order-button";
import { Facts, Notice, Panel } from "../../parts/panel";
import { RemoveDialog } from "../../parts/remove-dialog";
import styles from "./endpoints.module.css";
import { HOOK_BODY, hasWebhooks, hookUrl, NO_TOKEN, shellLines } from "./hook-lines";

function Instructions({ token }: { token: string | null }) {
  const t = useWords();
  const { origin } = globalThis.location;
  const lines: readonly (readonly [string, string])[] = [
    [t("hook.url"), hookUrl(origin)],
    [t("hook.header"), "Content-Type: application/json"],
    [t("hook.secret"), `token: ${token ?? NO_TOKEN}`],
    [t("hook.body"), HOOK_BODY],
  ];
  return (
    <div className={styles.hook}>
      <h3 className={styles.address}>{t("hook.shell")}</h3>
      <CopyLine label={t("hook.shell")} text={shellLines(origin, token ?? NO_TOKEN)} />
      <h3 className={styles.address}>{t("hook.pages")}</h3>
      <p>{t("hook.pagesHelp")}</p>
      {lines.map(([label, text]) => (
        <div key={label}>
          <div className={styles.label}>{label}</div>
          <CopyLine label={label} text={text} />
        </div>
      ))}
    </div>
  );
}

function Revoke({ cluster, onGone }: { cluster: Cluster; onGone: () => void }) {
  const t = useWords();
  const revoke = useOrder(() => client.DELETE("/api/clusters/{id}/hook-token", { params: { path: { id: cluster.id } } }), onGone);
  return (
    <RemoveDialog
      word={t("hook.revoke")}
      title={t("hook.revokeTitle", { name: cluster.name })}
      help={t("hook.revokeHelp")}
      confirm={
        <OrderButton order={revoke} kind="danger">
          {t("hook.revoke")}
        </OrderButton>
      }
    />
  );
}

/** For those who may make and take back the address. */
export function HookPanel({ cluster }: { cluster: Cluster }) {
  const t = useWords();
  const numbers = useNumbers();
  const mayConfigure = useMay("admin");
  const params = { params: { path: { id: cluster.id } } };
  const state = useAnswer(["hook", cluster.id], () => client.GET("/api/clusters/{id}/hook-token", params), 30_000);
  const make = useOrderOf(() => client.POST("/api/clusters/{id}/hook-token", params));
  const [token, putToken] = useState<string | null>(null);
  const renew = async () => {
    const made = await make.run();
    if (made) putToken(made.token);
    state.retry();
  };
  const hasToken = state.data?.has_token ?? false;
  const actions = mayConfigure && state.data && (
    <>
      <PlainButton isBusy={make.isBusy} onClick={() => void renew()}>
        {t(hasToken ? "hook.renew" : "hook.make")}
      </PlainButton>
      {hasToken && <Revoke cluster={cluster} onGone={() => putToken(null)} />}
    </>
  );
  return (
    <Panel title={t("hook.title")} wide actions={actions}>
      <p>{t("hook.about")}</p>
      {!hasWebhooks(cluster.version) && <Notice tone="warn">{t("hook.tooOld", { version: cluster.version })}</Notice>}
      {make.problem && <p role="alert">{make.problem.detail || t("edge.failed")}</p>}
      <Answered answer={state}>
        {(hook) => (
          <>
            <Facts
              facts={[
                { name: t("hook.made"), value: hook.created_at ? numbers.moment(hook.created_at) : t("hook.none") },
                hook.has_token
                  ? { name: t("hook.used"), value: hook.last_used_at ? numbers.ago(hook.last_used_at) : t("hook.unused") }
                  : null,
              ]}
            />
            {token !== null && (
              <div className={styles.hook}>
                <Notice tone="warn">{t("hook.once")}</Notice>
                <Instructions token={token} />
              </div>
            )}
            {token === null && hook.has_token && mayConfigure && (
              <details>
                <summary>{t("hook.again")}</summary>
                <p>{t("hook.hidden", { token: NO_TOKEN })}</p>
                <Instructions token={null} />
              </details>
            )}
          </>
        )}
      </Answered>
    </Panel>
  );
}
