// One node: state with its reason, charts on one cursor, what lives on it, its services, certificates and tasks.
import { Link, useParams } from "react-router";
import { client } from "../../api/client";
import { useAnswer, useOrder } from "../../fleet/ask";
import { nodeAdvice, nodeLook } from "../../fleet/look";
import type { Node } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useWords } from "../../fleet/words";
import { useClusterName, useMay, useNode, useStorages, useStream, useVmsOfNode } from "../../fleet/world";
import { Answered, Edges, Gone } from "../../parts/edges";
import { OrderButton } from "../../parts/order-button";
import { Facts, Notice, PageHead, Panel, PanelGrid } from "../../parts/panel";
import { StateMark } from "../../parts/state-mark";
import { NodeCharts } from "../../views/charts/node-charts";
import { ForecastLine } from "../../views/forecast";
import { GuestTable } from "../../views/guest-table";
import { ServicesPanel } from "../../views/services/services-panel";
import { StorageTable } from "../../views/storage-table";
import { TaskTable } from "../../views/task-table";
import { TimelinePanel } from "../../views/timeline";
import { Uptime } from "../../views/uptime";
import { CertificateTable, ServiceTable } from "./node-details";
import { DiskPanel, PoolPanel } from "./node-pools";
import { NodeClock, ReplicationPanel, SourcePanel, UpdatePanel } from "./node-upkeep";

const MINUTE = 60_000;

function NodeHead({ node }: { node: Node }) {
  const t = useWords();
  const numbers = useNumbers();
  const cluster = useClusterName(node.cluster_id);
  const mayOperate = useMay("operator");
  const maintenance = useOrder(() =>
    client.POST("/api/nodes/{id}/maintenance-mode", {
      params: { path: { id: node.id }, query: { maintenance_mode: !node.maintenance_mode } },
    }),
  );
  const sync = useOrder(() => client.POST("/api/nodes/{id}/sync", { params: { path: { id: node.id } } }));
  const hint = (
    <>
      <StateMark look={nodeLook(node)} /> · <Link to={`/clusters/${node.cluster_id}`}>{cluster}</Link>
      {node.pve_version && ` · PVE ${node.pve_version}`}
      {node.uptime_seconds !== null && ` · ${t("node.up", { duration: numbers.duration(node.uptime_seconds) })}`}
      {` · ${t("count.guests", { count: node.vm_count })}`}
    </>
  );
  const actions = mayOperate && (
    <>
      <OrderButton order={sync}>{t("clusters.sync")}</OrderButton>
      <OrderButton order={maintenance}>{t(node.maintenance_mode ? "node.maintenanceOff" : "node.maintenanceOn")}</OrderButton>
    </>
  );
  return <PageHead title={node.name} hint={hint} actions={actions} />;
}

function NodeFacts({ node }: { node: Node }) {
  const t = useWords();
  const numbers = useNumbers();
  const load = [node.load_1, node.load_5, node.load_15];
  const subscription = node.subscription_status;
  return (
    <Panel title={t("guest.details")}>
      <Facts
        facts={[
          { name: t("field.processor"), value: [node.cpu_model, node.cpu_count && `× ${node.cpu_count}`].filter(Boolean).join(" ") || "–" },
          { name: t("field.load"), value: load.map((value) => numbers.decimal(value)).join(" · ") },
          {
            name: t("field.memory"),
            value: t("of", { used: numbers.bytes(node.memory_used_bytes), total: numbers.bytes(node.memory_total_bytes) }),
          },
          {
            name: t("field.swap"),
            value: t("of", { used: numbers.bytes(node.swap_used_bytes), total: numbers.bytes(node.swap_total_bytes) }),
          },
          {
            name: t("field.rootfs"),
            value: (
              <>
                {t("of", { used: numbers.bytes(node.rootfs_used_bytes), total: numbers.bytes(node.rootfs_total_bytes) })}{" "}
                <ForecastLine object={`node:${node.id}`} />
              </>
            ),
          },
          { name: t("uptime.title"), value: <Uptime kind="nodes" id={node.id} /> },
          { name: t("field.kernel"), value: node.kernel ?? "–" },
          { name: t("field.clock"), value: <NodeClock id={node.id} /> },
          { name: t("field.address"), value: node.ip_address ?? "–" },
          { name: t("field.subscription"), value: subscription ? t(`subscription.${subscription}`, { defaultValue: subscription }) : "–" },
          { name: t("field.lastCheck"), value: numbers.ago(node.last_check) },
        ]}
      />
    </Panel>
  );
}

function NodeDetail({ node }: { node: Node }) {
  const t = useWords();
  const advice = nodeAdvice(node);
  const params = { params: { path: { id: node.id } } };
  const services = useAnswer(["node-services", node.id], () => client.GET("/api/nodes/{id}/services", params), MINUTE);
  const certificates = useAnswer(["node-certificates", node.id], () => client.GET("/api/nodes/{id}/certificates", params), 10 * MINUTE);
  const tasks = useAnswer(["node-tasks", node.id], () => client.GET("/api/nodes/{id}/tasks", params), MINUTE / 2);
  const vms = useVmsOfNode(node.id);
  const storages = useStorages().filter((storage) => storage.node_ids.includes(node.id));
  return (
    <>
      <NodeHead node={node} />
      {advice && <Notice tone={nodeLook(node).tone}>{t(advice)}</Notice>}
      <NodeCharts node={node} />
      <PanelGrid>
        <Panel title={t("field.guests")}>
          <GuestTable vms={vms} empty={t("node.guestsEmpty")} />
        </Panel>
        <Panel title={t("storages.title")}>
          <StorageTable storages={storages} empty={t("node.storagesEmpty")} withPlace={false} />
        </Panel>
        <ServicesPanel subject={{ kind: "node", id: node.id }} />
        <DiskPanel id={node.id} />
        <PoolPanel id={node.id} />
        <ReplicationPanel id={node.id} />
        <UpdatePanel id={node.id} />
        <SourcePanel id={node.id} />
        <NodeFacts node={node} />
        <Panel title={t("node.services")}>
          <Answered answer={services}>{(answer) => <ServiceTable services={answer.items} reason={answer.unavailable_reason} />}</Answered>
        </Panel>
        <Panel title={t("node.certificates")} wide>
          <Answered answer={certificates}>
            {(answer) => <CertificateTable certificates={answer.items} reason={answer.unavailable_reason} />}
          </Answered>
        </Panel>
        <TimelinePanel kind="nodes" id={node.id} />
        <Panel title={t("clusters.tasks")} wide>
          <Answered answer={tasks}>{(answer) => <TaskTable tasks={answer.items} />}</Answered>
        </Panel>
      </PanelGrid>
    </>
  );
}

export function NodePage() {
  const { id = "" } = useParams();
  const stream = useStream("nodes", "clusters", "vms", "storages");
  const node = useNode(id);
  return <Edges stream={stream}>{node ? <NodeDetail key={id} node={node} /> : <Gone />}</Edges>;
}
