// How fast each address of a cluster answers our polls, over the page's range.
import { useMemo } from "react";
import type { Cluster } from "../../fleet/nouns";
import { useRange } from "../../fleet/range";
import { useComparison } from "../../fleet/use-history";
import { useWords } from "../../fleet/words";
import { HistoryPanel } from "../../views/charts/history-panel";

export function AnswerChart({ cluster }: { cluster: Cluster }) {
  const t = useWords();
  const control = useRange();
  const ids = cluster.endpoints.map((endpoint) => endpoint.id).join();
  const objects = useMemo(() => ids.split(",").map((id) => `endpoint:${id}`), [ids]);
  const state = useComparison(objects, "latency_seconds", control.range, control.earlier);
  return (
    <HistoryPanel
      title={t("clusters.answers")}
      unit="latency"
      state={state}
      series={cluster.endpoints.map((endpoint, column) => ({ word: `${endpoint.address}:${endpoint.port}`, column }))}
      cursor={`cluster:${cluster.id}`}
      most={null}
      onZoom={control.zoom}
      wide
    />
  );
}
