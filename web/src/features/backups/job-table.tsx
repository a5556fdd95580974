// The backup jobs as Proxmox has them, the next to run first.
import type { BackupJob } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useWords } from "../../fleet/words";
import { useNames } from "../../fleet/world";
import { Shape } from "../../parts/state-mark";
import { type Column, Table } from "../../parts/table";

export function JobTable({ jobs }: { jobs: readonly BackupJob[] }) {
  const t = useWords();
  const numbers = useNumbers();
  const names = useNames().clusters;
  const chosen = (job: BackupJob) =>
    job.selection === "pool" ? t("backups.selection.pool", { pool: job.pool }) : t(`backups.selection.${job.selection}`);
  const columns: Column<BackupJob>[] = [
    {
      key: "job",
      title: t("backups.field.job"),
      cell: (job) => (
        <span title={job.comment ?? ""}>
          <Shape tone={job.enabled ? "ok" : "off"} /> {job.job_id}
          {!job.enabled && ` (${t("backups.disabled")})`}
        </span>
      ),
      by: (job) => job.job_id,
    },
    { key: "cluster", title: t("field.cluster"), cell: (job) => names[job.cluster_id] ?? "–", by: (job) => names[job.cluster_id] ?? null },
    { key: "schedule", title: t("backups.field.schedule"), cell: (job) => job.schedule ?? "–", by: (job) => job.interval_seconds },
    {
      key: "next",
      title: t("backups.field.next"),
      cell: (job) => numbers.moment(job.next_run_at),
      by: (job) => job.next_run_at,
    },
    {
      key: "guests",
      title: t("backups.field.guests"),
      right: true,
      cell: (job) => <span title={chosen(job)}>{numbers.count(job.vm_count)}</span>,
      by: (job) => job.vm_count,
    },
    { key: "selection", title: t("backups.field.selection"), wideOnly: true, cell: chosen, by: chosen },
    {
      key: "storage",
      title: t("backups.field.storage"),
      wideOnly: true,
      cell: (job) => job.storage_name ?? "–",
      by: (job) => job.storage_name,
    },
    {
      key: "node",
      title: t("field.node"),
      wideOnly: true,
      cell: (job) => job.node_name ?? t("backups.anyNode"),
      by: (job) => job.node_name,
    },
  ];
  return (
    <Table
      label={t("backups.jobs")}
      rows={jobs}
      columns={columns}
      rowKey={(job) => job.id}
      empty={t("backups.jobsEmpty")}
      first={{ key: "next", down: false }}
    />
  );
}
