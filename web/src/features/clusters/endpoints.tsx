// The addresses of a cluster with their certificates, members that could be added, and the load we cause.
import { client } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { useOrder } from "../../fleet/ask";
import { endpointLook } from "../../fleet/look";
import type { Cluster, Endpoint } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useTrouble } from "../../fleet/reason";
import { useWords } from "../../fleet/words";
import { useMay } from "../../fleet/world";
import { OrderButton } from "../../parts/order-button";
import { Facts, Notice } from "../../parts/panel";
import { StateMark } from "../../parts/state-mark";
import { type Column, Table } from "../../parts/table";
import styles from "./endpoints.module.css";

type Load = components["schemas"]["ClusterLoad"];
type CallClass = components["schemas"]["CallClassLoad"];

function NewCertificate({ cluster, endpoint }: { cluster: Cluster; endpoint: Endpoint }) {
  const t = useWords();
  const mayConfirm = useMay("admin");
  const seen = endpoint.seen_certificate?.fingerprint_sha256 ?? "";
  const confirm = useOrder(() =>
    client.POST("/api/clusters/{id}/endpoints/{endpoint_id}/confirm-fingerprint", {
      params: { path: { id: cluster.id, endpoint_id: endpoint.id } },
      body: { fingerprint_sha256: seen },
    }),
  );
  return (
    <Notice tone="crit">
      <b>{t("clusters.confirmTitle", { address: endpoint.address })}</b>
      <p>{t("clusters.confirmHelp")}</p>
      <div>{t("clusters.nowShows")}</div>
      <code className={styles.fingerprint}>{seen}</code>
      <div>{t("clusters.was")}</div>
      <code className={styles.old}>{endpoint.fingerprints.join("\n")}</code>
      {mayConfirm && <OrderButton order={confirm}>{t("clusters.confirm")}</OrderButton>}
    </Notice>
  );
}

function EndpointCard({ cluster, endpoint }: { cluster: Cluster; endpoint: Endpoint }) {
  const t = useWords();
  const numbers = useNumbers();
  const trouble = useTrouble(endpoint);
  const seen = endpoint.seen_certificate;
  const isChanged = endpoint.state === "tls_mismatch" && seen !== null && !endpoint.fingerprints.includes(seen.fingerprint_sha256);
  return (
    <li className={styles.endpoint}>
      <h3 className={styles.address}>
        {endpoint.address}:{endpoint.port} <StateMark look={endpointLook(endpoint)} />
      </h3>
      {isChanged && <NewCertificate cluster={cluster} endpoint={endpoint} />}
      <Facts
        facts={[
          { name: t("field.lastAnswer"), value: numbers.ago(endpoint.last_ok_at) },
          trouble ? { name: t("field.detail"), value: <span title={endpoint.last_error ?? ""}>{trouble}</span> } : null,
          seen ? { name: t("field.subject"), value: seen.subject } : null,
          seen ? { name: t("field.validUntil"), value: numbers.moment(seen.not_after) } : null,
          !isChanged && seen ? { name: t("field.fingerprint"), value: <code>{seen.fingerprint_sha256}</code> } : null,
        ]}
      />
    </li>
  );
}

export function Endpoints({ cluster }: { cluster: Cluster }) {
  return (
    <ul className={styles.list}>
      {cluster.endpoints.map((endpoint) => (
        <EndpointCard key={endpoint.id} cluster={cluster} endpoint={endpoint} />
      ))}
    </ul>
  );
}

function OfferButton({ cluster, name, address }: { cluster: Cluster; name: string; address: string }) {
  const t = useWords();
  const known = cluster.members.find((member) => member.name === name)?.fingerprint_sha256;
  const body = { address, port: 8006, ...(known ? { fingerprints: [known] } : {}) };
  const add = useOrder(() => client.POST("/api/clusters/{id}/endpoints", { params: { path: { id: cluster.id } }, body }));
  return (
    <OrderButton order={add}>
      {t("clusters.offer", { name })} ({address})
    </OrderButton>
  );
}

export function Offered({ cluster }: { cluster: Cluster }) {
  const t = useWords();
  if (cluster.members_offered.length === 0) return null;
  return (
    <div className={styles.offered}>
      <h3 className={styles.address}>{t("clusters.offered")}</h3>
      <p>{t("clusters.offeredHelp")}</p>
      {cluster.members_offered.map((member) => (
        <OfferButton key={member.name} cluster={cluster} name={member.name} address={member.address} />
      ))}
    </div>
  );
}

export function LoadTable({ load }: { load: Load }) {
  const t = useWords();
  const numbers = useNumbers();
  const columns: Column<CallClass>[] = [
    { key: "calls", title: t("field.calls"), cell: (c) => c.name, by: (c) => c.name },
    {
      key: "requests",
      title: t("field.requests"),
      right: true,
      cell: (c) => numbers.decimal(c.requests_per_minute),
      by: (c) => c.requests_per_minute,
    },
    { key: "bytes", title: t("field.bytes"), right: true, cell: (c) => numbers.bytes(c.bytes_per_minute), by: (c) => c.bytes_per_minute },
    { key: "p50", title: t("field.median"), right: true, cell: (c) => numbers.millis(c.p50_ms), by: (c) => c.p50_ms },
    { key: "p95", title: t("field.latency"), right: true, cell: (c) => numbers.millis(c.p95_ms), by: (c) => c.p95_ms },
    { key: "errors", title: t("field.errors"), right: true, cell: (c) => numbers.count(c.errors), by: (c) => c.errors },
  ];
  const total: CallClass = { name: "Σ", errors: load.by_class.reduce((sum, c) => sum + c.errors, 0), ...load };
  return <Table label={t("clusters.load")} rows={[...load.by_class, total]} columns={columns} rowKey={(c) => c.name} empty="–" />;
}
