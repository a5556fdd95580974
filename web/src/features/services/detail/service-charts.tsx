// How long a service took, over the time of the page: phases one upon the other, percentiles, and failures as marks.
import { useMemo } from "react";
import { client } from "../../../api/client";
import { useAnswer } from "../../../fleet/ask";
import type { Service, ServiceLatency, ServiceType } from "../../../fleet/nouns";
import type { RangeControl } from "../../../fleet/range";
import { reasonOf } from "../../../fleet/services/reason";
import { useServiceWords } from "../../../fleet/services/words";
import { type HistoryState, useHistory } from "../../../fleet/use-history";
import { PanelGrid } from "../../../parts/panel";
import type { Mark } from "../../../ui/plot-marks";
import { HistoryPanel } from "../../../views/charts/history-panel";
import { windowOf } from "./window";

const ALL_PHASES = ["dns", "connect", "tls", "send", "first_byte", "transfer"] as const;
const TOTAL = ["latency_seconds"] as const;
const PERCENTILES = ["p50_ms", "p95_ms", "p99_ms", "max_ms"] as const;
const MOST_FAILURES = 500;
const MINUTE = 60_000;
/** Percentiles are kept by the hour: a shorter window would hold one point. */
const LEAST_SECONDS = 86_400;

const PHASES: Partial<Record<ServiceType, readonly (typeof ALL_PHASES)[number][]>> = {
  http: ALL_PHASES.filter((name) => name !== "tls"),
  https: ALL_PHASES,
  port: ["dns", "connect", "tls", "first_byte"],
  tls: ["dns", "connect", "tls"],
};

/** Of a composite there is no time to show. */
export const hasLatency = (type: ServiceType): boolean => type !== "composite";

interface ChartProps {
  service: Service;
  control: RangeControl;
}

/** What failed in the window, as marks: a failure has no duration that one could draw a line through. */
function useFailures({ service, control }: ChartProps): readonly Mark[] {
  const t = useServiceWords();
  const { seconds, to } = control.range;
  const { data } = useAnswer(
    ["service-failures", service.id, String(seconds), String(to)],
    () =>
      client.GET("/api/health-checks", {
        params: { query: { service_id: [service.id], status: ["down", "warning"], limit: MOST_FAILURES, ...windowOf({ seconds, to }) } },
      }),
    to === null ? MINUTE : null,
  );
  return useMemo(
    () =>
      (data ?? []).map((one) => ({
        at: Date.parse(one.checked_at) / 1000,
        until: null,
        tone: one.status === "down" ? ("crit" as const) : ("warn" as const),
        text: reasonOf(t, one.reason, one.reason_parameter, one.error_message).text,
      })),
    [data, t],
  );
}

export function percentilesOf(latency: ServiceLatency): HistoryState["history"] {
  const at = (name: ServiceLatency["columns"][number]) => latency.columns.indexOf(name);
  const times = latency.points.map((point) => (point[at("t")] ?? 0) / 1000);
  const columns = PERCENTILES.map((name) =>
    latency.points.map((point) => {
      const millis = point[at(name)] ?? null;
      return millis === null ? null : millis / 1000;
    }),
  );
  return { times, columns, lows: columns, highs: columns, isPartial: false };
}

function usePercentiles({ service, control }: ChartProps): HistoryState {
  const { to } = control.range;
  const seconds = Math.max(LEAST_SECONDS, control.range.seconds);
  const { data, isLoading, problem } = useAnswer(
    ["service-latency", service.id, String(seconds), String(to)],
    () => client.GET("/api/services/{id}/latency", { params: { path: { id: service.id }, query: windowOf({ seconds, to }) } }),
    to === null ? 5 * MINUTE : null,
  );
  return useMemo(
    () => ({
      history: data ? percentilesOf(data) : null,
      earlier: null,
      marks: [],
      own: null,
      from: (data?.from_ms ?? 0) / 1000,
      to: (data?.to_ms ?? 0) / 1000,
      isMoving: to === null,
      isLoading,
      hasFailed: problem !== null && !data,
    }),
    [data, isLoading, problem, to],
  );
}

export function ServiceCharts({ service, control }: ChartProps) {
  const t = useServiceWords();
  const phases = PHASES[service.type];
  const metrics = useMemo(() => phases?.map((name) => `${name}_seconds`) ?? TOTAL, [phases]);
  const live = phases ? [] : [service.response_time === null ? null : service.response_time / 1000];
  const at = phases ? null : service.last_check;
  const times = useHistory(`service:${service.id}`, metrics, control.range, phases ? 0 : control.earlier, at, live);
  const percentiles = usePercentiles({ service, control });
  const failures = useFailures({ service, control });
  const series = phases ? phases.map((name, column) => ({ word: t(`phase.${name}`), column })) : [{ word: t("list.latency"), column: 0 }];
  return (
    <PanelGrid>
      <HistoryPanel
        title={t(phases ? "chart.phases" : "list.latency")}
        unit="latency"
        state={times}
        series={series}
        isStacked={phases !== undefined}
        failures={failures}
        whyEmpty={t("chart.empty")}
        cursor={`service-${service.id}`}
        most={null}
        onZoom={control.zoom}
      />
      <HistoryPanel
        title={t("chart.percentiles")}
        unit="latency"
        state={percentiles}
        series={PERCENTILES.map((name, column) => ({ word: t(`chart.${name}`), column }))}
        failures={failures}
        whyEmpty={t("chart.empty")}
        cursor={`service-slow-${service.id}`}
        most={null}
        onZoom={control.zoom}
      />
    </PanelGrid>
  );
}
