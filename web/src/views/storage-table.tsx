// Storages as a table; shared ones stand once.
import { Link } from "react-router";
import { storageLook } from "../fleet/look";
import type { Storage } from "../fleet/nouns";
import { useNumbers } from "../fleet/numbers";
import type { Sparks } from "../fleet/use-sparks";
import { useWords } from "../fleet/words";
import { useNames } from "../fleet/world";
import { Meter } from "../parts/meter";
import { Spark } from "../parts/spark";
import { StateMark } from "../parts/state-mark";
import { type Column, Table } from "../parts/table";
import styles from "./storage-table.module.css";

function Share({ storage }: { storage: Storage }) {
  const numbers = useNumbers();
  return (
    <span className={styles.share}>
      <Meter ratio={storage.used_ratio} tone={storageLook(storage).tone} />
      {numbers.percent(storage.used_ratio)}
    </span>
  );
}

interface TableProps {
  storages: readonly Storage[];
  empty: string;
  withPlace?: boolean;
  /** Bytes used of late, by id. */
  sparks?: Sparks;
}

/** As shares of the size it has now. */
const sharesOf = (storage: Storage, used: readonly (number | null)[] | undefined) => {
  const total = storage.total_bytes;
  return total ? used?.map((bytes) => (bytes === null ? null : bytes / total)) : undefined;
};

export function StorageTable({ storages, empty, withPlace = true, sparks }: TableProps) {
  const t = useWords();
  const numbers = useNumbers();
  const names = useNames();
  const placeOf = (storage: Storage): string =>
    storage.shared ? t("count.nodes", { count: storage.node_ids.length }) : storage.node_ids.map((id) => names.nodes[id] ?? "").join(", ");
  const place: Column<Storage>[] = [
    {
      key: "cluster",
      title: t("field.cluster"),
      wideOnly: true,
      cell: (s) => names.clusters[s.cluster_id] ?? "–",
      by: (s) => names.clusters[s.cluster_id] ?? null,
    },
    { key: "nodes", title: t("field.nodes"), wideOnly: true, cell: placeOf, by: placeOf },
  ];
  const recent = (lines: Sparks): Column<Storage>[] => [
    { key: "recent", title: t("field.usedWeek"), wideOnly: true, cell: (s) => <Spark values={sharesOf(s, lines.get(s.id))} /> },
  ];
  const columns: Column<Storage>[] = [
    { key: "state", title: t("field.state"), cell: (s) => <StateMark look={storageLook(s)} />, by: (s) => s.state },
    { key: "name", title: t("field.name"), cell: (s) => <Link to={`/storages/${s.id}`}>{s.name}</Link>, by: (s) => s.name },
    ...(withPlace ? place : []),
    { key: "type", title: t("field.type"), wideOnly: true, cell: (s) => s.plugin_type, by: (s) => s.plugin_type },
    ...(sparks ? recent(sparks) : []),
    { key: "share", title: t("field.share"), right: true, cell: (s) => <Share storage={s} />, by: (s) => s.used_ratio },
    { key: "used", title: t("field.used"), wideOnly: true, right: true, cell: (s) => numbers.bytes(s.used_bytes), by: (s) => s.used_bytes },
    { key: "total", title: t("field.total"), right: true, cell: (s) => numbers.bytes(s.total_bytes), by: (s) => s.total_bytes },
  ];
  return (
    <Table
      label={t("storages.title")}
      rows={storages}
      columns={columns}
      rowKey={(s) => s.id}
      empty={empty}
      first={{ key: "share", down: true }}
    />
  );
}
