// The charts of a sum: a cluster, or the whole fleet.
import { useRange } from "../../fleet/range";
import { useHistory } from "../../fleet/use-history";
import { useWords } from "../../fleet/words";
import { PanelGrid } from "../../parts/panel";
import { FLOW_METRICS, FlowPanels } from "./flow-panels";
import { HistoryPanel } from "./history-panel";
import { RangePicker } from "./range-picker";

const METRICS = ["cpu_ratio", "memory_used_bytes", "disk_used_bytes", ...FLOW_METRICS, "guests_running"] as const;

export function TotalCharts({ object }: { object: string }) {
  const t = useWords();
  const control = useRange();
  const state = useHistory(object, METRICS, control.range, control.earlier, null, []);
  const flow = { state, cursor: object, onZoom: control.zoom };
  const shared = { ...flow, most: null };
  return (
    <>
      <RangePicker control={control} />
      <PanelGrid>
        <HistoryPanel {...shared} title={t("field.cpu")} unit="percent" series={[{ word: t("field.cpu"), column: 0 }]} most={1} />
        <HistoryPanel {...shared} title={t("field.memory")} unit="bytes" series={[{ word: t("field.used"), column: 1 }]} />
        <FlowPanels {...flow} first={3} />
        <HistoryPanel {...shared} title={t("storages.title")} unit="bytes" series={[{ word: t("field.used"), column: 2 }]} />
        <HistoryPanel {...shared} title={t("field.guests")} unit="count" series={[{ word: t("guest.state.running"), column: 7 }]} />
      </PanelGrid>
    </>
  );
}
