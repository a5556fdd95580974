// The charts of a sum: a cluster, or the whole fleet.
import type { Range } from "../fleet/range";
import { useRange } from "../fleet/range";
import { type HistoryState, useHistory } from "../fleet/use-history";
import { useWords } from "../fleet/words";
import { PanelGrid } from "../parts/panel";
import { HistoryPanel } from "./history-panel";
import { RangePicker } from "./range-picker";

const METRICS = [
  "cpu_ratio",
  "memory_used_bytes",
  "disk_used_bytes",
  "net_in_bytes_per_second",
  "net_out_bytes_per_second",
  "disk_read_bytes_per_second",
  "disk_write_bytes_per_second",
  "guests_running",
] as const;

export const useTotal = (object: string, range: Range, earlier: number): HistoryState =>
  useHistory(object, METRICS, range, earlier, null, []);

export function TotalCharts({ object }: { object: string }) {
  const t = useWords();
  const control = useRange();
  const state = useTotal(object, control.range, control.earlier);
  const shared = { state, cursor: object, onZoom: control.zoom, most: null };
  return (
    <>
      <RangePicker control={control} />
      <PanelGrid>
        <HistoryPanel {...shared} title={t("field.cpu")} unit="percent" series={[{ word: t("field.cpu"), column: 0 }]} most={1} />
        <HistoryPanel {...shared} title={t("field.memory")} unit="bytes" series={[{ word: t("field.used"), column: 1 }]} />
        <HistoryPanel
          {...shared}
          title={t("field.network")}
          unit="rate"
          series={[
            { word: t("field.in"), column: 3 },
            { word: t("field.out"), column: 4 },
          ]}
        />
        <HistoryPanel
          {...shared}
          title={t("field.disk")}
          unit="rate"
          series={[
            { word: t("field.read"), column: 5 },
            { word: t("field.write"), column: 6 },
          ]}
        />
        <HistoryPanel {...shared} title={t("storages.title")} unit="bytes" series={[{ word: t("field.used"), column: 2 }]} />
        <HistoryPanel {...shared} title={t("field.guests")} unit="count" series={[{ word: t("guest.state.running"), column: 7 }]} />
      </PanelGrid>
    </>
  );
}
