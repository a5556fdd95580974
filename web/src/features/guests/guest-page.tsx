// One guest: state with its reason, charts on one cursor, and what Proxmox says of it at this moment.
import { Link, useParams } from "react-router";
import { client } from "../../api/client";
import { useAnswer, useOrder } from "../../fleet/ask";
import { guestLook, ratioOf } from "../../fleet/look";
import type { Vm, VmCurrent } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useRange } from "../../fleet/range";
import { useHistory } from "../../fleet/use-history";
import { useWords } from "../../fleet/words";
import { useClusterName, useMay, useNodeName, useStream, useTagColours, useVm } from "../../fleet/world";
import { Answered, Edges, Gone } from "../../parts/edges";
import { OrderButton } from "../../parts/order-button";
import { Facts, Notice, PageHead, Panel, PanelGrid } from "../../parts/panel";
import { StateMark } from "../../parts/state-mark";
import { FLOW_METRICS, FlowPanels } from "../../views/charts/flow-panels";
import { HistoryPanel } from "../../views/charts/history-panel";
import { RangePicker } from "../../views/charts/range-picker";
import { TaskTable } from "../../views/task-table";
import { TimelinePanel } from "../../views/timeline";
import { Uptime } from "../../views/uptime";
import { GuestBackups } from "./guest-backups";
import { DisksPanel, FileSystemsPanel, SnapshotsPanel } from "./guest-disks";
import { AddressesPanel, InsidePanel } from "./guest-inside";
import { GuestServices } from "./guest-services";
import styles from "./guests-page.module.css";

const METRICS = ["cpu_ratio", "memory_used_bytes", ...FLOW_METRICS] as const;

function adviceOf(vm: Vm): string | null {
  if (vm.status === "stopped" && vm.stopped_by === "unexpected") return "guest.advice.crashed";
  if (vm.status === "stopped" && vm.stopped_by === "task") return "guest.advice.stopped";
  return vm.status === "unknown" || vm.status === "missing" || vm.status === "deleted" ? `guest.advice.${vm.status}` : null;
}

function GuestCharts({ vm }: { vm: Vm }) {
  const t = useWords();
  const live = [
    vm.cpu_ratio,
    vm.memory_used_bytes,
    vm.net_in_bytes_per_second,
    vm.net_out_bytes_per_second,
    vm.disk_read_bytes_per_second,
    vm.disk_write_bytes_per_second,
  ];
  const control = useRange();
  const state = useHistory(`vm:${vm.id}`, METRICS, control.range, control.earlier, vm.last_check, live);
  const shared = { state, cursor: `vm-${vm.id}`, onZoom: control.zoom };
  return (
    <>
      <RangePicker control={control} />
      <PanelGrid>
        <HistoryPanel {...shared} title={t("field.cpu")} unit="percent" series={[{ word: t("field.cpu"), column: 0 }]} most={1} />
        <HistoryPanel
          {...shared}
          title={t("field.memory")}
          unit="bytes"
          series={[{ word: t("field.used"), column: 1 }]}
          most={vm.memory_total}
        />
        <FlowPanels {...shared} first={2} />
      </PanelGrid>
    </>
  );
}

function GuestFacts({ vm }: { vm: Vm }) {
  const t = useWords();
  const numbers = useNumbers();
  const colourOf = useTagColours();
  const tags = [...vm.proxmox_tags, ...vm.tags].map((tag) => (
    <span key={tag} className={styles.tag} style={colourOf(vm.cluster_id, tag)}>
      {tag}
    </span>
  ));
  const source = vm.memory_source === "host" ? t("guest.memoryHost") : vm.memory_source === "balloon" ? t("guest.memoryBalloon") : "";
  const beside = vm.memory_source === "balloon" ? vm.memory_host_bytes : null;
  const disk =
    vm.disk_used_bytes === null ? (
      <span title={vm.type === "qemu" ? t("guest.diskUnknown") : undefined}>{numbers.bytes(vm.disk_total)}</span>
    ) : (
      <span title={vm.disk_used_source ? t(`guest.diskFrom.${vm.disk_used_source}`) : undefined}>
        {t("of", { used: numbers.bytes(vm.disk_used_bytes), total: numbers.bytes(vm.disk_capacity_bytes) })}
      </span>
    );
  return (
    <Panel title={t("guest.details")}>
      <Facts
        facts={[
          { name: t("field.cpu"), value: `${numbers.percent(vm.cpu_ratio)} × ${vm.cpu_count ?? "–"}` },
          {
            name: t("field.memory"),
            value: (
              <span
                title={source}
              >{`${t("of", { used: numbers.bytes(vm.memory_used_bytes), total: numbers.bytes(vm.memory_total) })} (${numbers.percent(ratioOf(vm.memory_used_bytes, vm.memory_total))})`}</span>
            ),
          },
          beside === null ? null : { name: t("inside.memoryOnHost"), value: numbers.bytes(beside) },
          { name: t("field.disk"), value: disk },
          { name: t("field.uptime"), value: numbers.duration(vm.uptime) },
          { name: t("uptime.title"), value: <Uptime kind="vms" id={vm.id} /> },
          tags.length > 0 ? { name: t("field.tags"), value: tags } : null,
          vm.pool ? { name: t("field.pool"), value: vm.pool } : null,
          vm.ha_state ? { name: t("field.ha"), value: vm.ha_state } : null,
          vm.owner ? { name: t("field.owner"), value: vm.owner } : null,
          vm.note ? { name: t("field.note"), value: vm.note } : null,
          { name: t("field.lastCheck"), value: numbers.ago(vm.last_check) },
        ]}
      />
    </Panel>
  );
}

function CurrentFacts({ current }: { current: VmCurrent }) {
  const t = useWords();
  const numbers = useNumbers();
  if (current.unavailable_reason) return <p title={current.unavailable_reason}>{t("guest.nowFailed")}</p>;
  const machine = [current.machine, current.qemu_version].filter(Boolean).join(" · ");
  const agent = current.agent_enabled === null ? "" : t(current.agent_enabled ? "yes" : "no");
  return (
    <Facts
      facts={[
        { name: t("field.status"), value: current.qmp_status ?? current.status ?? "–" },
        current.lock ? { name: t("field.lock"), value: current.lock } : null,
        agent ? { name: t("field.agent"), value: agent } : null,
        current.balloon_bytes === null ? null : { name: t("field.balloon"), value: numbers.bytes(current.balloon_bytes) },
        machine ? { name: t("field.machine"), value: machine } : null,
        ...current.disks.map((disk) => ({
          name: disk.name,
          value: `${numbers.bytes(disk.read_bytes)} ${t("field.read")}, ${numbers.bytes(disk.written_bytes)} ${t("field.write")}`,
        })),
      ]}
    />
  );
}

/** Since when we know it to be so; of what was running before we came, how long it says it has been up. */
function SinceWhen({ vm }: { vm: Vm }) {
  const t = useWords();
  const numbers = useNumbers();
  if (vm.status_since !== vm.created_at)
    return <span title={numbers.moment(vm.status_since)}>{t("since", { time: numbers.ago(vm.status_since) })}</span>;
  return vm.uptime ? <span>{t("node.up", { duration: numbers.duration(vm.uptime) })}</span> : null;
}

function GuestDetail({ vm }: { vm: Vm }) {
  const t = useWords();
  const node = useNodeName(vm.node_id);
  const cluster = useClusterName(vm.cluster_id);
  const mayOperate = useMay("operator");
  const sync = useOrder(() => client.POST("/api/vms/{id}/sync", { params: { path: { id: vm.id } } }));
  const current = useAnswer(["vm-current", vm.id], () => client.GET("/api/vms/{id}/current", { params: { path: { id: vm.id } } }), null);
  const tasks = useAnswer(
    ["vm-tasks", vm.id],
    () => client.GET("/api/clusters/{id}/tasks", { params: { path: { id: vm.cluster_id }, query: { vm_id: vm.id } } }),
    30_000,
  );
  const advice = adviceOf(vm);
  const hint = (
    <>
      <StateMark look={guestLook(vm)} /> <SinceWhen vm={vm} />
      {` · ${vm.vmid} ${vm.type === "unknown" ? "–" : vm.type} · `}
      {vm.node_id && <Link to={`/nodes/${vm.node_id}`}>{node}</Link>} · <Link to={`/clusters/${vm.cluster_id}`}>{cluster}</Link>
    </>
  );
  return (
    <>
      <PageHead title={vm.name || "–"} hint={hint} actions={mayOperate && <OrderButton order={sync}>{t("clusters.sync")}</OrderButton>} />
      {advice && <Notice tone={guestLook(vm).tone}>{t(advice)}</Notice>}
      {vm.lock && <Notice tone="off">{t("guest.advice.lock", { lock: vm.lock })}</Notice>}
      <GuestCharts vm={vm} />
      <PanelGrid>
        <GuestFacts vm={vm} />
        {vm.status !== "deleted" && (
          <Panel title={t("guest.now")}>
            <Answered answer={current}>{(answer) => <CurrentFacts current={answer} />}</Answered>
          </Panel>
        )}
        {!vm.is_template && vm.status !== "deleted" && <GuestServices vm={vm} />}
        <TimelinePanel kind="vms" id={vm.id} />
        {!vm.is_template && <GuestBackups vm={vm} />}
        {vm.status !== "deleted" && (
          <>
            <InsidePanel vm={vm} />
            <AddressesPanel vm={vm} />
            <FileSystemsPanel vm={vm} />
            <DisksPanel vm={vm} />
            {!vm.is_template && <SnapshotsPanel vm={vm} />}
          </>
        )}
        <Panel title={t("clusters.tasks")} wide>
          <Answered answer={tasks}>{(answer) => <TaskTable tasks={answer.items} />}</Answered>
        </Panel>
      </PanelGrid>
    </>
  );
}

export function GuestPage() {
  const { id = "" } = useParams();
  const stream = useStream("vms", "nodes", "clusters");
  const vm = useVm(id);
  return <Edges stream={stream}>{vm ? <GuestDetail key={id} vm={vm} /> : <Gone />}</Edges>;
}
