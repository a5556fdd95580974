// One connection: what is wrong and what to do, its members and addresses, the doctor, the load we cause, tasks.
import { useParams } from "react-router";
import { client } from "../../api/client";
import { useAnswer, useOrder } from "../../fleet/ask";
import { clusterAdvice, clusterLook } from "../../fleet/look";
import type { Cluster } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useTrouble } from "../../fleet/reason";
import { useWords } from "../../fleet/words";
import { useCluster, useMay, useNodes, useStream } from "../../fleet/world";
import { CopyLine } from "../../parts/copy-line";
import { Answered, Edges, Gone } from "../../parts/edges";
import { OrderButton } from "../../parts/order-button";
import { Notice, PageHead, Panel, PanelGrid } from "../../parts/panel";
import { StateMark } from "../../parts/state-mark";
import { TotalCharts } from "../../views/charts/total-charts";
import { DoctorTable } from "../../views/doctor-table";
import { NodeTiles } from "../../views/node-tiles";
import { ServicesPanel } from "../../views/services/services-panel";
import { TaskTable } from "../../views/task-table";
import { TOKEN_LINES } from "./address";
import { AnswerChart } from "./answer-chart";
import { ClusterActions, NewToken } from "./cluster-actions";
import { RiskPanel } from "./cluster-risks";
import { Endpoints, LoadTable, Offered } from "./endpoints";
import { HookPanel } from "./hook-panel";

function ClusterHead({ cluster }: { cluster: Cluster }) {
  const t = useWords();
  const numbers = useNumbers();
  const hint = (
    <>
      <StateMark look={clusterLook(cluster)} />
      {cluster.version && ` · PVE ${cluster.version}`}
      {cluster.cluster_name && cluster.cluster_name !== cluster.name && ` · ${cluster.cluster_name}`}
      {!cluster.powerless && ` · ${t("count.guests", { count: cluster.vm_count })}`}
      {` · ${t("field.lastAnswer")}: ${numbers.ago(cluster.last_poll_at)}`}
    </>
  );
  return <PageHead title={cluster.name} hint={hint} actions={<ClusterActions cluster={cluster} />} />;
}

function Doctor({ cluster }: { cluster: Cluster }) {
  const t = useWords();
  const numbers = useNumbers();
  const params = { params: { path: { id: cluster.id } } };
  const last = useAnswer(["doctor", cluster.id], () => client.GET("/api/clusters/{id}/doctor", params), null);
  const run = useOrder(() => client.POST("/api/clusters/{id}/doctor", params), last.retry);
  const mayRun = useMay("operator");
  const when = last.data?.ran_at ? numbers.ago(last.data.ran_at) : undefined;
  return (
    <Panel title={t("field.doctor")} hint={when} actions={mayRun && <OrderButton order={run}>{t("clusters.runDoctor")}</OrderButton>}>
      <Answered answer={last}>
        {(answer) => (answer.ran_at ? <DoctorTable checks={answer.checks} /> : <p>{t("clusters.doctorNever")}</p>)}
      </Answered>
    </Panel>
  );
}

/** Only while it runs. */
function BackfillNotice({ cluster }: { cluster: Cluster }) {
  const t = useWords();
  const numbers = useNumbers();
  const params = { params: { path: { id: cluster.id } } };
  const { data } = useAnswer(["backfill", cluster.id], () => client.GET("/api/clusters/{id}/backfill", params), 5000);
  if (!data?.running) return null;
  return <Notice tone="off">{t("chart.backfill", { done: numbers.count(data.done), total: numbers.count(data.total) })}</Notice>;
}

function ClusterDetail({ cluster }: { cluster: Cluster }) {
  const t = useWords();
  const nodes = useNodes().filter((node) => node.cluster_id === cluster.id);
  const mayConfigure = useMay("admin");
  const advice = clusterAdvice(cluster);
  const trouble = useTrouble(cluster);
  const params = { params: { path: { id: cluster.id } } };
  const load = useAnswer(["load", cluster.id], () => client.GET("/api/clusters/{id}/load", params), 30_000);
  const tasks = useAnswer(["tasks", cluster.id], () => client.GET("/api/clusters/{id}/tasks", params), 30_000);
  return (
    <>
      <ClusterHead cluster={cluster} />
      {advice && (
        <Notice tone={clusterLook(cluster).tone}>
          {t(advice)}
          {trouble && <div title={cluster.last_error ?? ""}>{trouble}</div>}
          {cluster.powerless && <CopyLine label={t("connect.step3")} text={TOKEN_LINES} />}
        </Notice>
      )}
      {cluster.state === "auth_failed" && mayConfigure && <NewToken cluster={cluster} />}
      <BackfillNotice cluster={cluster} />
      <TotalCharts object={`cluster:${cluster.id}`} />
      <PanelGrid>
        <AnswerChart cluster={cluster} />
        <RiskPanel cluster={cluster} />
        <Panel title={t("field.members")} hint={t("count.nodes", { count: nodes.length })}>
          <NodeTiles ids={nodes.map((node) => node.id)} label={t("field.members")} />
          {mayConfigure && <Offered cluster={cluster} />}
        </Panel>
        <Doctor cluster={cluster} />
        <ServicesPanel subject={{ kind: "cluster", id: cluster.id }} />
        <Panel title={t("clusters.endpoints")} wide>
          <Endpoints cluster={cluster} />
        </Panel>
        <HookPanel cluster={cluster} />
        <Panel title={t("clusters.load")}>
          <Answered answer={load}>{(answer) => <LoadTable load={answer} />}</Answered>
        </Panel>
        <Panel title={t("clusters.tasks")}>
          <Answered answer={tasks}>{(answer) => <TaskTable tasks={answer.items} />}</Answered>
        </Panel>
      </PanelGrid>
    </>
  );
}

export function ClusterPage() {
  const { id = "" } = useParams();
  const stream = useStream("clusters", "nodes");
  const cluster = useCluster(id);
  return <Edges stream={stream}>{cluster ? <ClusterDetail key={id} cluster={cluster} /> : <Gone />}</Edges>;
}
