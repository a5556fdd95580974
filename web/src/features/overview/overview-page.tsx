// Is anything wrong? The first page. Its lists of guests are looked at anew every ten seconds, tiles at every change.
import { useEffect, useMemo, useReducer } from "react";
import { useServicesNow } from "../../fleet/services/world";
import { useWords } from "../../fleet/words";
import { allVms, type StreamState, useClusters, useNodes, useOverview, useStorages, useStream, useVmMembership } from "../../fleet/world";
import { Edges, EmptyNote } from "../../parts/edges";
import { PageHead, Panel } from "../../parts/panel";
import { NodeCharts } from "../../views/charts/node-charts";
import { NodeTiles } from "../../views/node-tiles";
import { countGuests, countsOf, findingsOf } from "./attention";
import { Busiest } from "./busiest";
import { AttentionCard, GuestsCard, NodesCard, ServicesCard, StorageCard } from "./cards";
import { Changes, Findings, Fullest } from "./lists";
import styles from "./overview-page.module.css";

const LOOK_MS = 10_000;
const QUICK_MS = 2_000;

/** Guests as of now, looked at anew every few seconds rather than at each of ten thousand changes. */
function useGuestsNow() {
  const membership = useVmMembership();
  const [turn, next] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) next();
    }, QUICK_MS);
    return () => clearInterval(timer);
  }, []);
  return useMemo(() => {
    void membership;
    void turn;
    return [...allVms()];
  }, [membership, turn]);
}

function useBusiest(isThere: boolean): readonly string[] {
  const [turn, next] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const timer = setInterval(next, LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return useMemo(() => {
    void turn;
    void isThere;
    return [...allVms()]
      .filter((vm) => vm.cpu_ratio !== null && vm.status === "running")
      .sort((a, b) => (b.cpu_ratio ?? 0) - (a.cpu_ratio ?? 0))
      .slice(0, 7)
      .map((vm) => vm.id);
  }, [turn, isThere]);
}

function ClusterTiles() {
  const t = useWords();
  const clusters = useClusters();
  const nodes = useNodes();
  return (
    <Panel title={t("overview.nodes")} hint={t("overview.nodesHint")}>
      {clusters.map((cluster) => {
        const own = nodes.filter((node) => node.cluster_id === cluster.id);
        if (own.length === 0) return null;
        return (
          <div key={cluster.id}>
            <h3 className={styles.cluster}>{cluster.name}</h3>
            <NodeTiles ids={own.map((node) => node.id)} label={cluster.name} />
          </div>
        );
      })}
    </Panel>
  );
}

function Awaited({ title, stream }: { title: string; stream: StreamState }) {
  return (
    <Panel title={title}>
      <Edges stream={stream}>{null}</Edges>
    </Panel>
  );
}

export function OverviewPage() {
  const t = useWords();
  const stream = useStream("overview", "clusters", "nodes", "storages");
  useStream("services");
  // Ten thousand guests take their time: what does not need them does not wait for them.
  const guests = useStream("vms");
  const hasGuests = guests.phase === "ready";
  const summary = useOverview();
  const clusters = useClusters();
  const nodes = useNodes();
  const storages = useStorages();
  const services = useServicesNow();
  const vms = useGuestsNow();
  const busiest = useBusiest(vms.length > 0);
  const findings = useMemo(() => findingsOf({ clusters, nodes, storages, vms, services }), [clusters, nodes, storages, vms, services]);
  const counts = hasGuests ? countGuests(vms) : countsOf(summary);
  const [first] = nodes;
  const hint = [
    t("count.clusters", { count: clusters.length }),
    t("count.nodes", { count: nodes.length }),
    t("count.guests", { count: counts.total }),
  ].join(" · ");
  return (
    <>
      <PageHead title={t("overview.title")} hint={clusters.length > 0 ? hint : undefined} />
      <Edges
        stream={stream}
        isEmpty={clusters.length === 0}
        empty={<EmptyNote title={t("overview.empty")} detail={t("overview.emptyDetail")} connect />}
      >
        <div className={styles.cards}>
          <AttentionCard findings={findings} isComplete={hasGuests} />
          <NodesCard nodes={nodes} />
          <GuestsCard counts={counts} />
          {services.length > 0 ? <ServicesCard services={services} /> : <StorageCard storages={storages} />}
        </div>
        <div className={styles.columns}>
          <div className={styles.side}>
            {nodes.length === 1 && first ? <NodeCharts node={first} /> : <ClusterTiles />}
            {hasGuests ? <Changes nodes={nodes} vms={vms} /> : <Awaited title={t("overview.changes")} stream={guests} />}
          </div>
          <div className={styles.side}>
            {hasGuests || findings.length > 0 ? (
              <Findings findings={findings} />
            ) : (
              <Awaited title={t("overview.attention")} stream={guests} />
            )}
            {hasGuests ? <Busiest ids={busiest} /> : <Awaited title={t("overview.busiest")} stream={guests} />}
            <Fullest storages={storages} />
          </div>
        </div>
      </Edges>
    </>
  );
}
