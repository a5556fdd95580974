// All connections: how each fares, and what we ask of it.
import { Link } from "react-router";
import { clusterLook } from "../../fleet/look";
import type { Cluster } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { CPU_HOUR, useSparks } from "../../fleet/use-sparks";
import { useWords } from "../../fleet/words";
import { useClusters, useMay, useStream } from "../../fleet/world";
import { Edges, EmptyNote } from "../../parts/edges";
import { LinkButton } from "../../parts/order-button";
import { PageHead, Panel } from "../../parts/panel";
import { Spark } from "../../parts/spark";
import { StateMark } from "../../parts/state-mark";
import { type Column, Table } from "../../parts/table";
import { RiskCount } from "./cluster-risks";

function useColumns(clusters: readonly Cluster[]): Column<Cluster>[] {
  const t = useWords();
  const numbers = useNumbers();
  const sparks = useSparks(
    { kind: "cluster", ...CPU_HOUR },
    clusters.map((c) => c.id),
  );
  const quorum = (c: Cluster) =>
    c.quorate === null ? (c.version ? t("clusters.single") : "–") : t(c.quorate ? "clusters.quorate" : "clusters.unquorate");
  const hidden = (c: Cluster) => c.powerless || c.last_poll_at === null;
  return [
    { key: "state", title: t("field.state"), cell: (c) => <StateMark look={clusterLook(c)} />, by: (c) => c.state },
    { key: "name", title: t("field.name"), cell: (c) => <Link to={`/clusters/${c.id}`}>{c.name}</Link>, by: (c) => c.name },
    { key: "version", title: t("field.version"), wideOnly: true, cell: (c) => c.version ?? "–", by: (c) => c.version },
    { key: "quorum", title: t("field.quorum"), wideOnly: true, cell: quorum },
    {
      key: "members",
      title: t("field.members"),
      right: true,
      cell: (c) => (hidden(c) ? "–" : `${numbers.count(c.online_node_count)} / ${numbers.count(c.node_count)}`),
      by: (c) => c.node_count,
    },
    {
      key: "guests",
      title: t("field.guests"),
      right: true,
      cell: (c) => (hidden(c) ? "–" : numbers.count(c.vm_count)),
      by: (c) => c.vm_count,
    },
    { key: "recent", title: t("field.cpuHour"), wideOnly: true, cell: (c) => <Spark values={sparks.get(c.id)} /> },
    {
      key: "requests",
      title: t("field.requests"),
      wideOnly: true,
      right: true,
      cell: (c) => numbers.decimal(c.requests_per_minute),
      by: (c) => c.requests_per_minute,
    },
    {
      key: "latency",
      title: t("field.latency"),
      wideOnly: true,
      right: true,
      cell: (c) => numbers.millis(c.poll_p95_ms),
      by: (c) => c.poll_p95_ms,
    },
    { key: "last", title: t("field.lastAnswer"), right: true, cell: (c) => numbers.ago(c.last_poll_at), by: (c) => c.last_poll_at },
    {
      key: "risks",
      title: t("field.risks"),
      cell: (c) => <RiskCount cluster={c} />,
      by: (c) => (c.risk_counts ? c.risk_counts.critical * 1000 + c.risk_counts.warning : null),
    },
    {
      key: "doctor",
      title: t("field.doctor"),
      cell: (c) => (c.doctor_summary ? t("clusters.doctorLine", { ...c.doctor_summary }) : t("clusters.doctorNever")),
    },
  ];
}

export function ClustersPage() {
  const t = useWords();
  const stream = useStream("clusters");
  const clusters = useClusters();
  const columns = useColumns(clusters);
  const mayConnect = useMay("admin");
  return (
    <>
      <PageHead
        title={t("clusters.title")}
        hint={clusters.length > 0 && t("count.clusters", { count: clusters.length })}
        actions={
          mayConnect &&
          clusters.length > 0 && (
            <>
              <LinkButton to="/clusters/connect">{t("clusters.connect")}</LinkButton>
              <LinkButton to="/backup-servers/connect">{t("servers.connect")}</LinkButton>
            </>
          )
        }
      />
      <Edges
        stream={stream}
        isEmpty={clusters.length === 0}
        empty={<EmptyNote title={t("clusters.empty")} detail={t("clusters.emptyDetail")} connect />}
      >
        <Panel title={t("clusters.title")} isBare>
          <Table
            label={t("clusters.title")}
            rows={clusters}
            columns={columns}
            rowKey={(c) => c.id}
            empty={t("clusters.empty")}
            first={{ key: "name", down: false }}
          />
        </Panel>
      </Edges>
    </>
  );
}
