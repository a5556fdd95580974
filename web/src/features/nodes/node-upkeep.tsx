// What a node copies elsewhere, what waits to be installed on it, and its clock.
import { Link } from "react-router";
import { client } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { useAnswer } from "../../fleet/ask";
import type { Tone } from "../../fleet/look";
import { useNumbers } from "../../fleet/numbers";
import { useWords } from "../../fleet/words";
import { Notice } from "../../parts/panel";
import { Shape } from "../../parts/state-mark";
import { type Column, Table } from "../../parts/table";
import { FactPanel } from "../../views/fact-panel";
import styles from "./node-pools.module.css";

type Job = components["schemas"]["ReplicationJob"];
type Update = components["schemas"]["PackageUpdate"];
type Remark = components["schemas"]["RepositoryRemark"];

const MINUTE = 60_000;
const OFTEN = 3;
const DRIFT_SECONDS = 5;

const failsOf = (job: Job): number => job.fail_count ?? (job.error === null ? 0 : 1);

function jobLook(job: Job): { tone: Tone; word: string } {
  if (job.disabled) return { tone: "off", word: "node.copiesOff" };
  if (failsOf(job) === 0) return { tone: "ok", word: "node.copiesWell" };
  return { tone: failsOf(job) >= OFTEN ? "crit" : "warn", word: "node.copiesFail" };
}

export function ReplicationPanel({ id }: { id: string }) {
  const t = useWords();
  const numbers = useNumbers();
  const jobs = useAnswer(["node-replication", id], () => client.GET("/api/nodes/{id}/replication", { params: { path: { id } } }), MINUTE);
  const columns: Column<Job>[] = [
    {
      key: "state",
      title: t("field.state"),
      cell: (job) => (
        <>
          <Shape tone={jobLook(job).tone} /> {t(jobLook(job).word)}
          {failsOf(job) > 0 && ` (${numbers.count(failsOf(job))})`}
          {job.error && <span className={styles.under}>{job.error}</span>}
        </>
      ),
      by: (job) => failsOf(job),
    },
    {
      key: "job",
      title: t("field.job"),
      cell: (job) => (job.vm_id ? <Link to={`/guests/${job.vm_id}`}>{job.id}</Link> : job.id),
      by: (job) => job.id,
    },
    { key: "target", title: t("field.target"), cell: (job) => job.target ?? "–", by: (job) => job.target },
    { key: "last", title: t("field.lastSync"), right: true, cell: (job) => numbers.ago(job.last_sync_at), by: (job) => job.last_sync_at },
    {
      key: "next",
      title: t("field.nextSync"),
      wideOnly: true,
      right: true,
      cell: (job) => numbers.moment(job.next_sync_at),
      by: (job) => job.next_sync_at,
    },
  ];
  return (
    <FactPanel title={t("node.replication")} answer={jobs}>
      {(fact) => (
        <Table
          label={t("node.replication")}
          rows={fact.items}
          columns={columns}
          rowKey={(job) => job.id}
          empty={t("node.replicationEmpty")}
          first={{ key: "state", down: true }}
        />
      )}
    </FactPanel>
  );
}

export function UpdatePanel({ id }: { id: string }) {
  const t = useWords();
  const updates = useAnswer(["node-updates", id], () => client.GET("/api/nodes/{id}/updates", { params: { path: { id } } }), 10 * MINUTE);
  const columns: Column<Update>[] = [
    { key: "package", title: t("field.package"), cell: (update) => update.name, by: (update) => update.name },
    { key: "installed", title: t("field.installed"), cell: (update) => update.installed },
    { key: "candidate", title: t("field.candidate"), cell: (update) => update.candidate },
  ];
  return (
    <FactPanel title={t("node.updates")} answer={updates}>
      {(fact) => (
        <>
          {fact.kernel_outdated === true && (
            <Notice tone="warn">{t("node.kernelOld", { running: fact.running_kernel, installed: fact.newest_kernel })}</Notice>
          )}
          {fact.kernel_outdated === false && <p className={styles.under}>{t("node.kernelNew", { running: fact.running_kernel })}</p>}
          <Table
            label={t("node.updates")}
            rows={fact.items}
            columns={columns}
            rowKey={(update) => update.name}
            empty={t("node.updatesEmpty")}
          />
        </>
      )}
    </FactPanel>
  );
}

export function SourcePanel({ id }: { id: string }) {
  const t = useWords();
  const sources = useAnswer(
    ["node-repositories", id],
    () => client.GET("/api/nodes/{id}/repositories", { params: { path: { id } } }),
    10 * MINUTE,
  );
  const columns: Column<Remark>[] = [
    {
      key: "remark",
      title: t("field.remark"),
      cell: (remark) => (
        <>
          <Shape tone={remark.is_error ? "crit" : "warn"} /> {remark.text}
        </>
      ),
      by: (remark) => remark.text,
    },
    { key: "file", title: t("field.file"), cell: (remark) => remark.file, by: (remark) => remark.file },
  ];
  return (
    <FactPanel title={t("node.sources")} answer={sources}>
      {(fact) => (
        <>
          {fact.enabled.length === 0 ? (
            <Notice tone="warn">{t("node.sourcesOff")}</Notice>
          ) : (
            <p className={styles.under}>{t("node.sourcesOn", { names: fact.enabled.join(", ") })}</p>
          )}
          <Table
            label={t("node.sources")}
            rows={fact.items}
            columns={columns}
            rowKey={(remark) => `${remark.file} ${remark.text}`}
            empty={t("node.sourcesEmpty")}
          />
        </>
      )}
    </FactPanel>
  );
}

/** How far its clock is from ours; what the way took is not counted against it. */
export function NodeClock({ id }: { id: string }) {
  const t = useWords();
  const numbers = useNumbers();
  const clock = useAnswer(["node-clock", id], () => client.GET("/api/nodes/{id}/clock", { params: { path: { id } } }), MINUTE).data;
  if (!clock || clock.ahead_seconds === null) return <>–</>;
  const off = Math.abs(clock.ahead_seconds);
  const sure = off - (clock.uncertainty_seconds ?? 0);
  if (sure <= 1) return <>{t("node.clockRight")}</>;
  return (
    <>
      {sure > DRIFT_SECONDS && <Shape tone={sure > 60 ? "crit" : "warn"} />}{" "}
      {t(clock.ahead_seconds > 0 ? "node.clockAhead" : "node.clockBehind", { duration: numbers.duration(Math.round(off)) })}
    </>
  );
}
