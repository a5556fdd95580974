// What Monitorix itself takes and how it fares: the process, its databases, and what it asks of the clusters.
import { Link } from "react-router";
import { client } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { useAnswer } from "../../fleet/ask";
import { useNumbers } from "../../fleet/numbers";
import { useWords } from "../../fleet/words";
import { Answered } from "../../parts/edges";
import { Facts, Notice, PageHead, Panel, PanelGrid } from "../../parts/panel";
import { type Column, Table } from "../../parts/table";

type System = components["schemas"]["SystemMetrics"];
type Asked = components["schemas"]["ClusterAsked"];
type Damage = components["schemas"]["ChunkError"];
type Absence = System["away"][number];

const EVERY_MS = 5000;

function Process({ system }: { system: System }) {
  const t = useWords();
  const numbers = useNumbers();
  return (
    <Panel title={t("system.process")}>
      <Facts
        facts={[
          { name: t("field.version"), value: system.version },
          {
            name: t("system.runsFor"),
            value: <span title={numbers.moment(system.started_at)}>{numbers.duration(system.uptime_seconds)}</span>,
          },
          { name: t("field.memory"), value: numbers.bytes(system.rss_bytes) },
          { name: t("system.cpu"), value: numbers.percent(system.cpu_ratio) },
          { name: t("system.cpuTime"), value: numbers.duration(system.cpu_seconds_total) },
          { name: t("system.written"), value: numbers.bytes(system.written_bytes_total) },
        ]}
      />
    </Panel>
  );
}

function Doors({ system }: { system: System }) {
  const t = useWords();
  const numbers = useNumbers();
  return (
    <Panel title={t("system.doors")}>
      <Facts
        facts={[
          { name: t("system.pages"), value: numbers.count(system.websocket_clients) },
          { name: t("system.streams"), value: numbers.count(system.websocket_subscriptions) },
          { name: t("field.requests"), value: numbers.decimal(system.http_requests_per_minute) },
          { name: t("system.requestsTotal"), value: numbers.count(system.http_requests_total) },
          { name: t("system.waitingReads"), value: numbers.count(system.waiting_reads) },
        ]}
      />
    </Panel>
  );
}

function Base({ system }: { system: System }) {
  const t = useWords();
  const numbers = useNumbers();
  const { database } = system;
  const away = t("system.notStored", { time: numbers.moment(database.not_stored_since) });
  return (
    <Panel title={t("system.database")}>
      <Facts
        facts={[
          { name: t("field.type"), value: database.engine === "sqlite" ? "SQLite" : "PostgreSQL" },
          { name: t("field.state"), value: database.storing ? t("system.stored") : away },
          { name: t("system.waitingWrites"), value: numbers.count(database.waiting_writes) },
          { name: t("system.size"), value: numbers.bytes(database.size_bytes) },
        ]}
      />
    </Panel>
  );
}

function Past({ system }: { system: System }) {
  const t = useWords();
  const numbers = useNumbers();
  const { history } = system;
  return (
    <Panel title={t("system.history")} hint={history.recovering ? t("system.recovering") : undefined} wide>
      <Facts
        facts={[
          { name: t("system.size"), value: numbers.bytes(history.size_bytes) },
          { name: t("system.series"), value: numbers.count(history.series) },
          { name: t("system.rows"), value: numbers.count(history.rows_total) },
          { name: t("system.late"), value: numbers.count(history.late_rows_total) },
          { name: t("system.lost"), value: numbers.count(history.lost_rows_total) },
          { name: t("system.lostLog"), value: numbers.bytes(history.lost_log_bytes_total) },
          { name: t("system.open"), value: numbers.bytes(history.memory_bytes) },
          { name: t("system.waitingLog"), value: numbers.bytes(history.waiting_log_bytes) },
          { name: t("system.oldest"), value: numbers.moment(history.oldest_unsealed_at) },
          { name: t("system.damaged"), value: numbers.count(history.chunk_errors_total) },
        ]}
      />
    </Panel>
  );
}

function Clusters({ system }: { system: System }) {
  const t = useWords();
  const numbers = useNumbers();
  const columns: Column<Asked>[] = [
    { key: "name", title: t("field.name"), cell: (c) => <Link to={`/clusters/${c.id}`}>{c.name}</Link>, by: (c) => c.name },
    {
      key: "requests",
      title: t("field.requests"),
      right: true,
      cell: (c) => numbers.decimal(c.requests_per_minute),
      by: (c) => c.requests_per_minute,
    },
    { key: "bytes", title: t("field.bytes"), right: true, cell: (c) => numbers.bytes(c.bytes_per_minute), by: (c) => c.bytes_per_minute },
  ];
  return (
    <Panel title={t("clusters.load")}>
      <Table
        label={t("clusters.load")}
        rows={system.clusters}
        columns={columns}
        rowKey={(c) => c.id}
        empty={t("clusters.empty")}
        first={{ key: "name", down: false }}
      />
    </Panel>
  );
}

function Damages({ system }: { system: System }) {
  const t = useWords();
  const numbers = useNumbers();
  const { chunk_errors, chunk_errors_total } = system.history;
  if (chunk_errors_total === 0) return null;
  const columns: Column<Damage>[] = [
    { key: "name", title: t("field.object"), cell: (d) => <span title={d.series}>{d.name}</span>, by: (d) => d.name },
    { key: "start", title: t("system.from"), cell: (d) => numbers.moment(d.start), by: (d) => d.start },
    { key: "error", title: t("field.detail"), wideOnly: true, cell: (d) => <span title={d.error}>{d.error}</span> },
  ];
  return (
    <Panel title={t("system.damages")} wide>
      <p>{t("system.damagesHelp")}</p>
      {chunk_errors.length > 0 && (
        <Table
          label={t("system.damages")}
          rows={chunk_errors}
          columns={columns}
          rowKey={(d) => `${d.series} ${d.start} ${d.error}`}
          empty="–"
        />
      )}
    </Panel>
  );
}

/** Newest first; nothing while it was never away. */
function Away({ system }: { system: System }) {
  const t = useWords();
  const numbers = useNumbers();
  if (system.away.length === 0) return null;
  const lasted = (a: Absence) => (Date.parse(a.to) - Date.parse(a.from)) / 1000;
  const columns: Column<Absence>[] = [
    { key: "from", title: t("system.awayFrom"), cell: (a) => numbers.moment(a.from), by: (a) => a.from },
    { key: "to", title: t("system.awayTo"), cell: (a) => numbers.moment(a.to), by: (a) => a.to },
    { key: "lasted", title: t("system.awayLasted"), right: true, cell: (a) => numbers.duration(lasted(a)), by: lasted },
  ];
  return (
    <Panel title={t("system.away")}>
      <p>{t("system.awayNote")}</p>
      <Table
        label={t("system.away")}
        rows={system.away}
        columns={columns}
        rowKey={(a) => a.from}
        empty="–"
        first={{ key: "from", down: true }}
      />
    </Panel>
  );
}

function System({ system }: { system: System }) {
  const t = useWords();
  const hasLost = system.history.lost_rows_total > 0 || system.history.lost_log_bytes_total > 0;
  return (
    <>
      {!system.database.storing && <Notice tone="crit">{t("system.awayHelp")}</Notice>}
      {hasLost && <Notice tone="warn">{t("system.lostHelp")}</Notice>}
      <PanelGrid>
        <Process system={system} />
        <Doors system={system} />
        <Base system={system} />
        <Clusters system={system} />
        <Away system={system} />
        <Past system={system} />
        <Damages system={system} />
      </PanelGrid>
    </>
  );
}

export function SystemPage() {
  const t = useWords();
  const answer = useAnswer(["system"], () => client.GET("/api/system-metrics/current"), EVERY_MS);
  return (
    <>
      <PageHead title={t("system.title")} />
      <Answered answer={answer}>{(system) => <System system={system} />}</Answered>
    </>
  );
}
