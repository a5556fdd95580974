// Backup servers on the page of backups: how each fares, and its datastores.
import type { ReactNode } from "react";
import { Link } from "react-router";
import { jobLook, serverLook, useBackupServers, useDatastores } from "../../fleet/backups";
import type { BackupDatastore, BackupServer, BackupServerJob } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useWords } from "../../fleet/words";
import { useMay } from "../../fleet/world";
import { Answered } from "../../parts/edges";
import { Meter } from "../../parts/meter";
import { LinkButton } from "../../parts/order-button";
import { Panel } from "../../parts/panel";
import { Spark } from "../../parts/spark";
import { Shape, StateMark } from "../../parts/state-mark";
import { type Column, Table } from "../../parts/table";
import styles from "./servers.module.css";

const NEARLY_FULL = 0.9;
const FILLING = 0.8;
const SOON_DAYS = 30;

const toneOf = (store: BackupDatastore) => {
  const ratio = store.used_ratio ?? 0;
  if (store.error !== null || ratio >= NEARLY_FULL || (store.days_left !== null && store.days_left < 7)) return "crit" as const;
  return ratio >= FILLING || (store.days_left !== null && store.days_left < SOON_DAYS) ? ("warn" as const) : ("ok" as const);
};

function ServerTable({ servers }: { servers: readonly BackupServer[] }) {
  const t = useWords();
  const numbers = useNumbers();
  const columns: Column<BackupServer>[] = [
    { key: "state", title: t("field.state"), cell: (one) => <StateMark look={serverLook(one)} />, by: (one) => one.state },
    { key: "name", title: t("field.name"), cell: (one) => <Link to={`/backup-servers/${one.id}`}>{one.name}</Link>, by: (one) => one.name },
    { key: "version", title: t("field.version"), wideOnly: true, cell: (one) => one.version ?? "–", by: (one) => one.version },
    {
      key: "stores",
      title: t("servers.datastores"),
      right: true,
      cell: (one) => numbers.count(one.datastore_count),
      by: (one) => one.datastore_count,
    },
    {
      key: "requests",
      title: t("field.requests"),
      right: true,
      wideOnly: true,
      cell: (one) => numbers.decimal(one.requests_per_minute),
      by: (one) => one.requests_per_minute,
    },
    { key: "last", title: t("field.lastAnswer"), right: true, cell: (one) => numbers.ago(one.last_poll_at), by: (one) => one.last_poll_at },
    {
      key: "doctor",
      title: t("field.doctor"),
      wideOnly: true,
      cell: (one) => (one.doctor_summary ? t("clusters.doctorLine", { ...one.doctor_summary }) : t("clusters.doctorNever")),
    },
  ];
  return (
    <Table
      label={t("servers.title")}
      rows={servers}
      columns={columns}
      rowKey={(one) => one.id}
      empty={t("servers.emptyDetail")}
      first={{ key: "name", down: false }}
    />
  );
}

export function Servers() {
  const t = useWords();
  const answer = useBackupServers();
  const mayConnect = useMay("admin");
  return (
    <Panel
      title={t("servers.title")}
      wide
      actions={mayConnect && <LinkButton to="/backup-servers/connect">{t("servers.connect")}</LinkButton>}
    >
      <Answered answer={answer}>{(servers) => <ServerTable servers={servers.items} />}</Answered>
    </Panel>
  );
}

/** The state of the newest of its jobs of that kind, and when it ran. */
function Job({ store, kind }: { store: BackupDatastore; kind: BackupServerJob["kind"] }): ReactNode {
  const t = useWords();
  const numbers = useNumbers();
  const jobs = store.jobs.filter((job) => job.kind === kind);
  const newest = jobs.sort((a, b) => String(b.last_run_at ?? "").localeCompare(String(a.last_run_at ?? "")))[0];
  if (!newest) return store.jobs_readable[kind] === "denied" ? t("servers.job.denied") : "–";
  const title = [newest.job_id, newest.schedule, newest.remote, newest.last_state].filter(Boolean).join(" · ");
  if (newest.last_run_at === null) return <span title={title}>{t("servers.job.never")}</span>;
  return (
    <span title={title}>
      <Shape tone={jobLook(newest).tone} /> <span className={styles.hidden}>{t(jobLook(newest).word)} </span>
      {numbers.ago(newest.last_run_at)}
    </span>
  );
}

function Room({ store }: { store: BackupDatastore }) {
  const t = useWords();
  const numbers = useNumbers();
  if (store.error !== null) return <span title={store.error}>{t("servers.broken")}</span>;
  if (!store.is_listed) return <>{t("servers.gone")}</>;
  return (
    <span className={styles.room} title={`${numbers.bytes(store.used_bytes)} / ${numbers.bytes(store.total_bytes)}`}>
      {numbers.percent(store.used_ratio)} <Meter ratio={store.used_ratio} tone={toneOf(store)} />
    </span>
  );
}

function useFull(): (store: BackupDatastore) => string {
  const t = useWords();
  return (store) => {
    if (store.days_left !== null) return store.days_left === 0 ? t("forecast.now") : t("forecast.full", { count: store.days_left });
    return store.trend === "unknown" ? "–" : t("forecast.reason.not_growing");
  };
}

function Owners({ store }: { store: BackupDatastore }) {
  const t = useWords();
  const numbers = useNumbers();
  const { joined, ambiguous, orphaned, unassigned, hosts } = store.groups;
  const parts = Object.entries({ joined, orphaned, ambiguous, unassigned, hosts }).filter(([, count]) => count > 0);
  const title = parts.map(([kind, count]) => `${t(`servers.owner.${kind}`)}: ${numbers.count(count)}`).join("\n");
  return <span title={title}>{numbers.count(store.group_count)}</span>;
}

function Verified({ store }: { store: BackupDatastore }) {
  const t = useWords();
  const numbers = useNumbers();
  const title = `${t("servers.verified.ok")}: ${numbers.count(store.verified_ok)}\n${t("servers.verified.none")}: ${numbers.count(store.unverified)}`;
  return (
    <span title={title}>
      {store.verified_failed > 0 && (
        <b>
          <Shape tone="crit" /> {t("servers.damaged", { count: store.verified_failed })}{" "}
        </b>
      )}
      <Job store={store} kind="verify" />
    </span>
  );
}

function DatastoreTable({ stores, isOfOne }: { stores: readonly BackupDatastore[]; isOfOne: boolean }) {
  const t = useWords();
  const numbers = useNumbers();
  const full = useFull();
  const server: Column<BackupDatastore> = {
    key: "server",
    title: t("servers.one"),
    wideOnly: true,
    cell: (one) => <Link to={`/backup-servers/${one.server_id}`}>{one.server_name}</Link>,
    by: (one) => one.server_name,
  };
  const columns: Column<BackupDatastore>[] = [
    {
      key: "name",
      title: t("servers.field.datastore"),
      cell: (one) => (
        <>
          <Shape tone={toneOf(one)} /> {one.name}
        </>
      ),
      by: (one) => one.name,
    },
    ...(isOfOne ? [] : [server]),
    { key: "used", title: t("field.used"), cell: (one) => <Room store={one} />, by: (one) => one.used_ratio },
    { key: "trend", title: t("servers.field.month"), wideOnly: true, cell: (one) => <Spark values={one.history.ratios} /> },
    { key: "full", title: t("forecast.title"), cell: full, by: (one) => one.days_left },
    { key: "groups", title: t("servers.field.groups"), right: true, cell: (one) => <Owners store={one} />, by: (one) => one.group_count },
    { key: "verify", title: t("servers.field.verify"), cell: (one) => <Verified store={one} />, by: (one) => one.verified_failed },
    { key: "gc", title: t("servers.field.gc"), wideOnly: true, cell: (one) => <Job store={one} kind="gc" /> },
    { key: "sync", title: t("servers.field.sync"), wideOnly: true, cell: (one) => <Job store={one} kind="sync" /> },
    { key: "prune", title: t("servers.field.prune"), wideOnly: true, cell: (one) => <Job store={one} kind="prune" /> },
    {
      key: "dedup",
      title: t("servers.field.dedup"),
      right: true,
      wideOnly: true,
      cell: (one) => (one.garbage?.dedup_factor ? `${numbers.decimal(one.garbage.dedup_factor)} : 1` : "–"),
      by: (one) => one.garbage?.dedup_factor ?? null,
    },
  ];
  return (
    <Table
      label={t("servers.datastores")}
      rows={stores}
      columns={columns}
      rowKey={(one) => one.id}
      empty={t("servers.datastoresEmpty")}
      first={{ key: "name", down: false }}
    />
  );
}

/** Of one server, or of all; nothing while no server is connected. */
export function Datastores({ server }: { server: string | null }) {
  const t = useWords();
  const servers = useBackupServers();
  const answer = useDatastores(server);
  if (server === null && !servers.data?.items.length) return null;
  return (
    <Panel title={t("servers.datastores")} wide>
      <Answered answer={answer}>{(stores) => <DatastoreTable stores={stores.items} isOfOne={server !== null} />}</Answered>
    </Panel>
  );
}
