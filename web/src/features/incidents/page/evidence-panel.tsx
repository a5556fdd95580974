// What was measured around it, beside its limit, and what Proxmox did at the time.
import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import { happeningWords } from "../../../fleet/happening";
import type { Alert, AlertEvidence, HealthCheck } from "../../../fleet/nouns";
import { useNumbers } from "../../../fleet/numbers";
import { statusLook } from "../../../fleet/services/look";
import { reasonOf } from "../../../fleet/services/reason";
import { useServiceWords } from "../../../fleet/services/words";
import { useWords } from "../../../fleet/words";
import { Skeleton } from "../../../parts/edges";
import { Panel } from "../../../parts/panel";
import { StateMark } from "../../../parts/state-mark";
import { type Column, Table } from "../../../parts/table";
import { Chart } from "../../../ui/chart";
import { useAskAnew } from "../../../views/alerts/use-ask-anew";
import { measured, useAlertWords } from "../../../views/alerts/words";
import { TaskTable } from "../../../views/task-table";
import { Happened, Happenings } from "../../../views/timeline";
import styles from "./incident.module.css";

/** Two values make a line; of a service that never answered there is none. */
const hasCurve = ({ samples }: AlertEvidence): boolean => samples.filter((one) => one.value !== null).length > 1;

const seconds = (time: string): number => Date.parse(time) / 1000;

function Curve({ evidence }: { evidence: AlertEvidence }) {
  const t = useAlertWords();
  const numbers = useNumbers();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { samples, threshold } = evidence;
  const times = useMemo(() => samples.map((one) => seconds(one.at)), [samples]);
  const columns = useMemo(() => {
    const values = samples.map((one) => one.value);
    return threshold === null ? [values] : [values, values.map(() => threshold)];
  }, [samples, threshold]);
  const metric = evidence.metric_type ?? "response_time";
  return (
    <Chart
      times={times}
      columns={columns}
      labels={threshold === null ? [t(`metric.${metric}`)] : [t(`metric.${metric}`), t("limit")]}
      band={null}
      under={null}
      marks={[]}
      sayMore={String}
      from={seconds(evidence.from)}
      to={seconds(evidence.to)}
      onZoom={() => undefined}
      canvas={canvas}
      format={(value) => measured(numbers, metric, value)}
      most={null}
      cursorKey="evidence"
      label={t("evidence")}
      summary=""
      height={170}
    />
  );
}

/** A curve goes on while it is looked at. */
const CURVE_MS = 60_000;

/** What the checks of a service answered, each time that it was something else. */
function Answers({ checks }: { checks: AlertEvidence["checks"] }) {
  const t = useAlertWords();
  const say = useServiceWords();
  const numbers = useNumbers();
  const columns: readonly Column<HealthCheck>[] = [
    { key: "at", title: t("when"), cell: (one) => <span title={numbers.ago(one.checked_at)}>{numbers.moment(one.checked_at)}</span> },
    { key: "state", title: t("fleet:field.state"), cell: (one) => <StateMark look={statusLook(one.status)} /> },
    { key: "time", title: say("list.latency"), right: true, wideOnly: true, cell: (one) => numbers.millis(one.response_time) },
    {
      key: "answer",
      title: say("result.reason"),
      cell: (one) => (
        <div className={styles.answer}>
          {one.reason !== "ok" && reasonOf(say, one.reason, one.reason_parameter, one.error_message).text}
          {one.error_message && <span className={styles.said}>{one.error_message}</span>}
        </div>
      ),
    },
  ];
  return <Table label={t("answers")} rows={checks} columns={columns} rowKey={(one) => one.id} empty={t("evidenceNone")} />;
}

export function EvidencePanel({ alert, version }: { alert: Alert; version: string | null }) {
  const t = useAlertWords();
  const say = useWords();
  const asked = useQuery({
    queryKey: ["incidents", "evidence", alert.id],
    queryFn: () => answer(client.GET("/api/alerts/{id}/evidence", { params: { path: { id: alert.id } } })),
    refetchInterval: ({ state }) => (alert.is_resolved || (state.data?.samples.length ?? 0) < 2 ? false : CURVE_MS),
  });
  useAskAnew(version, asked.refetch);
  const found = asked.data;
  return (
    <Panel title={t("evidence")}>
      {asked.isLoading && <Skeleton />}
      {asked.isError && <p role="alert">{t("fleet:edge.failed")}</p>}
      {found && hasCurve(found) && <Curve evidence={found} />}
      {found && !hasCurve(found) && found.checks.length + found.timeline.length + found.tasks.length === 0 && (
        <p className={styles.quiet}>{t("evidenceNone")}</p>
      )}
      {found && found.checks.length > 0 && <Answers checks={found.checks} />}
      {found && found.timeline.length > 0 && (
        <Happenings label={t("around")}>
          {found.timeline.map((entry) => (
            <Happened key={entry.id} at={entry.at}>
              {happeningWords(say, entry, null)}
            </Happened>
          ))}
        </Happenings>
      )}
      {found && found.tasks.length > 0 && <TaskTable tasks={found.tasks} />}
    </Panel>
  );
}
