// Nodes as a sortable table.
import { Link } from "react-router";
import { nodeLook, ratioOf } from "../../fleet/look";
import type { Node } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import type { Sparks } from "../../fleet/use-sparks";
import { useWords } from "../../fleet/words";
import { useNames } from "../../fleet/world";
import { Spark } from "../../parts/spark";
import { StateMark } from "../../parts/state-mark";
import { type Column, Table } from "../../parts/table";

const memory = (node: Node) => ratioOf(node.memory_used_bytes, node.memory_total_bytes);
const rootfs = (node: Node) => ratioOf(node.rootfs_used_bytes, node.rootfs_total_bytes);

export function NodeTable({ nodes, sparks }: { nodes: readonly Node[]; sparks: Sparks }) {
  const t = useWords();
  const numbers = useNumbers();
  const names = useNames();
  const columns: Column<Node>[] = [
    { key: "state", title: t("field.state"), cell: (n) => <StateMark look={nodeLook(n)} />, by: (n) => nodeLook(n).word },
    { key: "name", title: t("field.name"), cell: (n) => <Link to={`/nodes/${n.id}`}>{n.name}</Link>, by: (n) => n.name },
    {
      key: "cluster",
      title: t("field.cluster"),
      wideOnly: true,
      cell: (n) => names.clusters[n.cluster_id] ?? "–",
      by: (n) => names.clusters[n.cluster_id] ?? null,
    },
    { key: "recent", title: t("field.cpuHour"), wideOnly: true, cell: (n) => <Spark values={sparks.get(n.id)} /> },
    { key: "cpu", title: t("field.cpu"), right: true, cell: (n) => numbers.percent(n.cpu_ratio), by: (n) => n.cpu_ratio },
    { key: "memory", title: t("field.memory"), right: true, cell: (n) => numbers.percent(memory(n)), by: memory },
    { key: "rootfs", title: t("field.rootfs"), right: true, cell: (n) => numbers.percent(rootfs(n)), by: rootfs },
    { key: "guests", title: t("field.guests"), right: true, cell: (n) => numbers.count(n.vm_count), by: (n) => n.vm_count },
    { key: "uptime", title: t("field.uptime"), right: true, cell: (n) => numbers.duration(n.uptime_seconds), by: (n) => n.uptime_seconds },
    { key: "version", title: t("field.version"), cell: (n) => n.pve_version ?? "–", by: (n) => n.pve_version },
  ];
  return (
    <Table
      label={t("nodes.title")}
      rows={nodes}
      columns={columns}
      rowKey={(n) => n.id}
      empty={t("nodes.empty")}
      first={{ key: "name", down: false }}
    />
  );
}
