// What may be ordered of a connection: ask now, pause, remove; and a new token when the old one is refused.
import { useState } from "react";
import { useNavigate } from "react-router";
import { client } from "../../api/client";
import { useOrder } from "../../fleet/ask";
import type { Cluster } from "../../fleet/nouns";
import { useWords } from "../../fleet/words";
import { useMay } from "../../fleet/world";
import { OrderButton } from "../../parts/order-button";
import { RemoveDialog } from "../../parts/remove-dialog";
import { parseToken } from "./address";
import styles from "./endpoints.module.css";

function Remove({ cluster }: { cluster: Cluster }) {
  const t = useWords();
  const navigate = useNavigate();
  const remove = useOrder(
    () => client.DELETE("/api/clusters/{id}", { params: { path: { id: cluster.id } } }),
    () => void navigate("/clusters"),
  );
  return (
    <RemoveDialog
      word={t("clusters.remove")}
      title={t("clusters.removeTitle", { name: cluster.name })}
      help={t("clusters.removeHelp")}
      confirm={
        <OrderButton order={remove} kind="danger">
          {t("clusters.remove")}
        </OrderButton>
      }
    />
  );
}

export function ClusterActions({ cluster }: { cluster: Cluster }) {
  const t = useWords();
  const params = { params: { path: { id: cluster.id } } };
  const isPaused = cluster.state === "paused";
  const sync = useOrder(() => client.POST("/api/clusters/{id}/sync", params));
  const pause = useOrder(() => client.PUT("/api/clusters/{id}", { ...params, body: { paused: !isPaused } }));
  const mayOperate = useMay("operator");
  const mayConfigure = useMay("admin");
  return (
    <>
      {mayOperate && !isPaused && <OrderButton order={sync}>{t("clusters.sync")}</OrderButton>}
      {mayConfigure && <OrderButton order={pause}>{t(isPaused ? "clusters.resume" : "clusters.pause")}</OrderButton>}
      {mayConfigure && <Remove cluster={cluster} />}
    </>
  );
}

export function NewToken({ cluster }: { cluster: Cluster }) {
  const t = useWords();
  const [text, setText] = useState("");
  const token = parseToken(text);
  const save = useOrder(
    () =>
      client.PUT("/api/clusters/{id}", {
        params: { path: { id: cluster.id } },
        body: { token_id: token?.id ?? "", token_secret: token?.secret ?? "" },
      }),
    () => setText(""),
  );
  return (
    <form className={styles.token} onSubmit={(event) => event.preventDefault()}>
      <input
        type="password"
        autoComplete="off"
        aria-label={t("clusters.newToken")}
        placeholder={t("connect.tokenHint")}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {token ? <OrderButton order={save}>{t("save")}</OrderButton> : <span>{t("clusters.newTokenHelp")}</span>}
    </form>
  );
}
