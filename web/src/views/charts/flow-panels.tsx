// What flows through a guest, or through all guests of a sum: network and disk, in and out.
import type { HistoryState } from "../../fleet/use-history";
import { useWords } from "../../fleet/words";
import { HistoryPanel } from "./history-panel";

/** In this order, wherever they are asked for. */
export const FLOW_METRICS = [
  "net_in_bytes_per_second",
  "net_out_bytes_per_second",
  "disk_read_bytes_per_second",
  "disk_write_bytes_per_second",
] as const;

interface FlowPanelsProps {
  state: HistoryState;
  cursor: string;
  onZoom: (from: number, to: number) => void;
  /** The column of the first of FLOW_METRICS. */
  first: number;
}

/** Of what has no disk of its own to tell of, such as a node. */
export function NetworkPanel({ first, ...shared }: FlowPanelsProps) {
  const t = useWords();
  const network = [
    { word: t("field.in"), column: first },
    { word: t("field.out"), column: first + 1 },
  ];
  return <HistoryPanel {...shared} title={t("field.network")} unit="rate" series={network} most={null} />;
}

export function FlowPanels({ first, ...shared }: FlowPanelsProps) {
  const t = useWords();
  const disk = [
    { word: t("field.read"), column: first + 2 },
    { word: t("field.write"), column: first + 3 },
  ];
  return (
    <>
      <NetworkPanel {...shared} first={first} />
      <HistoryPanel {...shared} title={t("field.disk")} unit="rate" series={disk} most={null} />
    </>
  );
}
