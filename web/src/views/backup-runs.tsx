// What vzdump did and what backup servers keep, newest first.
import { Link } from "react-router";
import { resultLook, verifyLook } from "../fleet/backups";
import type { BackupRun } from "../fleet/nouns";
import { useNumbers } from "../fleet/numbers";
import { useWords } from "../fleet/words";
import { StateMark } from "../parts/state-mark";
import { type Column, Table } from "../parts/table";

interface RunsProps {
  runs: readonly BackupRun[];
  /** With the guest each was of. */
  ofFleet?: boolean;
}

/** Where on its backup server. */
const placeOf = (run: BackupRun): string | null =>
  run.datastore === null ? null : [run.datastore, run.namespace].filter(Boolean).join("/");

export function BackupRuns({ runs, ofFleet = false }: RunsProps) {
  const t = useWords();
  const numbers = useNumbers();
  const guest: Column<BackupRun> = {
    key: "guest",
    title: t("field.name"),
    cell: (run) => (run.vm_id ? <Link to={`/vms/${run.vm_id}`}>{run.vm_name}</Link> : run.vmid),
    by: (run) => run.vm_name ?? String(run.vmid),
  };
  const verified: Column<BackupRun> = {
    key: "verified",
    title: t("servers.field.verified"),
    cell: (run) => (run.verify_state === null ? "–" : <StateMark look={verifyLook(run.verify_state)} />),
    by: (run) => run.verify_state,
  };
  const columns: Column<BackupRun>[] = [
    ...(ofFleet ? [guest] : []),
    {
      key: "started",
      title: t("field.started"),
      cell: (run) => <span title={numbers.moment(run.started_at)}>{numbers.ago(run.started_at)}</span>,
      by: (run) => run.started_at,
    },
    {
      key: "result",
      title: t("field.result"),
      cell: (run) => (
        <>
          <StateMark look={resultLook(run.result)} /> {run.error}
        </>
      ),
      by: (run) => run.result,
    },
    {
      key: "took",
      title: t("backups.field.took"),
      right: true,
      cell: (run) => numbers.duration(run.duration_seconds),
      by: (run) => run.duration_seconds,
    },
    { key: "size", title: t("backups.field.size"), right: true, cell: (run) => numbers.bytes(run.size_bytes), by: (run) => run.size_bytes },
    ...(runs.some((run) => run.verify_state !== null) ? [verified] : []),
    {
      key: "storage",
      title: t("backups.field.storage"),
      wideOnly: true,
      cell: (run) => (
        <span title={placeOf(run) ?? ""}>
          {run.storage_id ? <Link to={`/storages/${run.storage_id}`}>{run.storage_name}</Link> : (run.storage_name ?? placeOf(run) ?? "–")}
        </span>
      ),
      by: (run) => run.storage_name ?? placeOf(run),
    },
    { key: "node", title: t("field.node"), wideOnly: true, cell: (run) => run.node_name ?? "–", by: (run) => run.node_name },
  ];
  return (
    <Table
      label={t("backups.runs")}
      rows={runs}
      columns={columns}
      rowKey={(run) => run.id}
      empty={t("backups.runsEmpty")}
      first={{ key: "started", down: true }}
    />
  );
}
