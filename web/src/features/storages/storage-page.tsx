// One storage: how full, since when, who uses it.
import { Link, useParams } from "react-router";
import { storageLook } from "../../fleet/look";
import type { Storage } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useRange } from "../../fleet/range";
import { useHistory } from "../../fleet/use-history";
import { useWords } from "../../fleet/words";
import { useNames, useStorage, useStream } from "../../fleet/world";
import { Edges, Gone } from "../../parts/edges";
import { Facts, Notice, PageHead, Panel, PanelGrid } from "../../parts/panel";
import { StateMark } from "../../parts/state-mark";
import { HistoryPanel } from "../../views/charts/history-panel";
import { RangePicker } from "../../views/charts/range-picker";
import { ForecastPanel } from "../../views/forecast";

const METRICS = ["used_bytes"] as const;

function adviceOf(storage: Storage): string | null {
  if (storage.state !== "available") return `storage.advice.${storage.state}`;
  return storageLook(storage).tone === "ok" ? null : "storage.advice.filling";
}

function StorageDetail({ storage }: { storage: Storage }) {
  const t = useWords();
  const numbers = useNumbers();
  const names = useNames();
  const look = storageLook(storage);
  const advice = adviceOf(storage);
  const control = useRange();
  const state = useHistory(`storage:${storage.id}`, METRICS, control.range, control.earlier, storage.last_check, [storage.used_bytes]);
  return (
    <>
      <PageHead title={storage.name} hint={<StateMark look={look} />} />
      {advice && <Notice tone={look.tone}>{t(advice)}</Notice>}
      <RangePicker control={control} />
      <PanelGrid>
        <HistoryPanel
          title={t("field.used")}
          unit="bytes"
          state={state}
          series={[{ word: t("field.used"), column: 0 }]}
          cursor={`storage-${storage.id}`}
          most={storage.total_bytes}
          onZoom={control.zoom}
        />
        <ForecastPanel object={`storage:${storage.id}`} />
        <Panel title={t("guest.details")}>
          <Facts
            facts={[
              { name: t("field.share"), value: numbers.percent(storage.used_ratio) },
              {
                name: t("field.used"),
                value: t("of", { used: numbers.bytes(storage.used_bytes), total: numbers.bytes(storage.total_bytes) }),
              },
              { name: t("field.type"), value: storage.plugin_type },
              { name: t("field.content"), value: storage.content.join(", ") || "–" },
              { name: t("field.shared"), value: t(storage.shared ? "yes" : "no") },
              {
                name: t("field.cluster"),
                value: <Link to={`/clusters/${storage.cluster_id}`}>{names.clusters[storage.cluster_id] ?? "–"}</Link>,
              },
              {
                name: t("field.nodes"),
                value: storage.node_ids.map((id, i) => (
                  <span key={id}>
                    {i > 0 && ", "}
                    <Link to={`/nodes/${id}`}>{names.nodes[id] ?? "–"}</Link>
                  </span>
                )),
              },
              { name: t("field.lastCheck"), value: numbers.ago(storage.last_check) },
            ]}
          />
        </Panel>
      </PanelGrid>
    </>
  );
}

export function StoragePage() {
  const { id = "" } = useParams();
  const stream = useStream("storages", "nodes", "clusters");
  const storage = useStorage(id);
  return <Edges stream={stream}>{storage ? <StorageDetail storage={storage} /> : <Gone />}</Edges>;
}
