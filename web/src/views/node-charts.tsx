// The four charts of a node on one cursor.

import type { Node } from "../fleet/nouns";
import { useHistory } from "../fleet/use-history";
import { useWords } from "../fleet/words";
import { PanelGrid } from "../parts/panel";
import { HistoryPanel, type SeriesLook } from "./history-panel";

const METRICS = ["cpu_ratio", "iowait_ratio", "memory_used_bytes", "swap_used_bytes", "load_1", "rootfs_used_bytes"] as const;

export function NodeCharts({ node }: { node: Node }) {
  const t = useWords();
  const live = [node.cpu_ratio, node.iowait_ratio, node.memory_used_bytes, node.swap_used_bytes, node.load_1, node.rootfs_used_bytes];
  const state = useHistory(`node:${node.id}`, METRICS, node.last_check, live);
  const cpu: SeriesLook[] = [
    { word: t("field.cpu"), column: 0 },
    { word: t("field.iowait"), column: 1 },
  ];
  const memory: SeriesLook[] = [
    { word: t("field.memory"), column: 2 },
    { word: t("field.swap"), column: 3 },
  ];
  const cursor = `node-${node.id}`;
  return (
    <PanelGrid>
      <HistoryPanel title={t("field.cpu")} unit="percent" state={state} series={cpu} cursor={cursor} most={1} />
      <HistoryPanel title={t("field.memory")} unit="bytes" state={state} series={memory} cursor={cursor} most={node.memory_total_bytes} />
      <HistoryPanel
        title={t("field.load")}
        unit="decimal"
        state={state}
        series={[{ word: t("field.load"), column: 4 }]}
        cursor={cursor}
        most={null}
      />
      <HistoryPanel
        title={t("field.rootfs")}
        unit="bytes"
        state={state}
        series={[{ word: t("field.used"), column: 5 }]}
        cursor={cursor}
        most={node.rootfs_total_bytes}
      />
    </PanelGrid>
  );
}
