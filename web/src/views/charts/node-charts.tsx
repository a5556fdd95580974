// The charts of a node on one cursor and over one range.

import type { Node } from "../../fleet/nouns";
import { useRange } from "../../fleet/range";
import { useHistory } from "../../fleet/use-history";
import { useWords } from "../../fleet/words";
import { PanelGrid } from "../../parts/panel";
import { FLOW_METRICS, NetworkPanel } from "./flow-panels";
import { HistoryPanel, type SeriesLook } from "./history-panel";
import { RangePicker } from "./range-picker";

const NETWORK = FLOW_METRICS.slice(0, 2);
const METRICS = ["cpu_ratio", "iowait_ratio", "memory_used_bytes", "swap_used_bytes", "load_1", "rootfs_used_bytes", ...NETWORK];

export function NodeCharts({ node }: { node: Node }) {
  const t = useWords();
  const live = [
    node.cpu_ratio,
    node.iowait_ratio,
    node.memory_used_bytes,
    node.swap_used_bytes,
    node.load_1,
    node.rootfs_used_bytes,
    node.net_in_bytes_per_second,
    node.net_out_bytes_per_second,
  ];
  const control = useRange();
  const state = useHistory(`node:${node.id}`, METRICS, control.range, control.earlier, node.last_check, live);
  const cpu: SeriesLook[] = [
    { word: t("field.cpu"), column: 0 },
    { word: t("field.iowait"), column: 1 },
  ];
  const memory: SeriesLook[] = [
    { word: t("field.memory"), column: 2 },
    { word: t("field.swap"), column: 3 },
  ];
  const shared = { state, cursor: `node-${node.id}`, onZoom: control.zoom };
  return (
    <>
      <RangePicker control={control} />
      <PanelGrid>
        <HistoryPanel title={t("field.cpu")} unit="percent" series={cpu} {...shared} most={1} />
        <HistoryPanel title={t("field.memory")} unit="bytes" series={memory} {...shared} most={node.memory_total_bytes} />
        <NetworkPanel {...shared} first={6} />
        <HistoryPanel title={t("field.load")} unit="decimal" series={[{ word: t("field.load"), column: 4 }]} {...shared} most={null} />
        <HistoryPanel
          title={t("field.rootfs")}
          unit="bytes"
          series={[{ word: t("field.used"), column: 5 }]}
          {...shared}
          most={node.rootfs_total_bytes}
        />
      </PanelGrid>
    </>
  );
}
