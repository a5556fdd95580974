// Backups on servers that no guest is left for, the oldest first.
import { useBackupServers, useOrphans } from "../../fleet/backups";
import type { OrphanedBackup } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useWords } from "../../fleet/words";
import { Answered } from "../../parts/edges";
import { Panel } from "../../parts/panel";
import { type Column, Table } from "../../parts/table";
import styles from "./servers.module.css";

function OrphanTable({ orphans }: { orphans: readonly OrphanedBackup[] }) {
  const t = useWords();
  const numbers = useNumbers();
  const columns: Column<OrphanedBackup>[] = [
    { key: "name", title: t("field.name"), cell: (one) => one.name ?? t("unknown"), by: (one) => one.name },
    { key: "id", title: t("field.id"), cell: (one) => one.backup_id, by: (one) => Number(one.backup_id) },
    { key: "cluster", title: t("field.cluster"), wideOnly: true, cell: (one) => one.cluster_name ?? "–", by: (one) => one.cluster_name },
    {
      key: "place",
      title: t("servers.field.datastore"),
      cell: (one) => [one.datastore, one.namespace].filter(Boolean).join("/"),
      by: (one) => one.datastore,
    },
    { key: "count", title: t("servers.field.snapshots"), right: true, cell: (one) => numbers.count(one.count), by: (one) => one.count },
    {
      key: "size",
      title: t("field.size"),
      right: true,
      wideOnly: true,
      cell: (one) => numbers.bytes(one.size_bytes),
      by: (one) => one.size_bytes,
    },
    {
      key: "last",
      title: t("servers.field.lastBackup"),
      right: true,
      cell: (one) => <span title={numbers.moment(one.last_at)}>{numbers.ago(one.last_at)}</span>,
      by: (one) => one.last_at,
    },
  ];
  return (
    <Table
      label={t("servers.orphans")}
      rows={orphans}
      columns={columns}
      rowKey={(one) => one.id}
      empty={t("servers.orphansEmpty")}
      first={{ key: "last", down: false }}
    />
  );
}

export function Orphans() {
  const t = useWords();
  const servers = useBackupServers();
  const answer = useOrphans();
  if (!servers.data?.items.length) return null;
  return (
    <Panel title={t("servers.orphans")} wide>
      <p className={styles.help}>{t("servers.orphansHelp")}</p>
      <Answered answer={answer}>{(orphans) => <OrphanTable orphans={orphans.items} />}</Answered>
    </Panel>
  );
}
