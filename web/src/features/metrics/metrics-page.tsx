// Charts as one likes: one metric of as many objects as one wants to compare.
import { X } from "lucide-react";
import { useId, useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { client } from "../../api/client";
import { useAnswer } from "../../fleet/ask";
import type { Cluster } from "../../fleet/nouns";
import { useRange } from "../../fleet/range";
import { useComparison } from "../../fleet/use-history";
import { useWords } from "../../fleet/words";
import { allVms, useClusters, useNodes, useStorages, useStream, useVmMembership } from "../../fleet/world";
import { Edges } from "../../parts/edges";
import { SelectField } from "../../parts/field";
import { PageHead } from "../../parts/panel";
import { HistoryPanel } from "../../views/charts/history-panel";
import { RangePicker } from "../../views/charts/range-picker";
import { chosenOf, kindOf, MOST_OBJECTS, sharedMetrics, withChosen } from "./chosen";
import { ExportMenu } from "./export-menu";
import styles from "./metrics.module.css";

const MOST_OFFERED = 12;
/** Codes, not numbers that a chart could show. */
const NOT_DRAWN = "status";

interface Named {
  object: string;
  name: string;
  kind: string;
}

const addressesOf = (cluster: Cluster) => cluster.endpoints.map(({ id, address, port }) => ({ id, name: `${address}:${port}` }));

function useNamed(): readonly Named[] {
  const t = useWords();
  const clusters = useClusters();
  const nodes = useNodes();
  const storages = useStorages();
  const membership = useVmMembership();
  return useMemo(() => {
    void membership;
    const named = (kind: string, all: Iterable<{ id: string; name: string }>) =>
      [...all].map((one) => ({ object: `${kind}:${one.id}`, name: one.name || "–", kind: t(`metrics.kind.${kind}`) }));
    const fleet = { object: "fleet", name: t("metrics.kind.fleet"), kind: "" };
    const vms = [...allVms()].filter((vm) => vm.status !== "deleted");
    return [
      fleet,
      ...named("cluster", clusters),
      ...named("node", nodes),
      ...named("node_guests", nodes),
      ...named("vm", vms),
      ...named("storage", storages),
      ...named("endpoint", clusters.flatMap(addressesOf)),
    ];
  }, [t, clusters, nodes, storages, membership]);
}

/** "db-1 (guest)"; the fleet is only the fleet. */
const wordOf = (named: Named) => (named.kind ? `${named.name} (${named.kind})` : named.name);

interface ChooserProps {
  all: readonly Named[];
  chosen: readonly string[];
  onChange: (objects: string[]) => void;
}

function ObjectChooser({ all, chosen, onChange }: ChooserProps) {
  const t = useWords();
  const id = useId();
  const [text, setText] = useState("");
  const words = new Map(all.map((named) => [named.object, wordOf(named)]));
  const wanted = text.trim().toLowerCase();
  const offered =
    wanted === ""
      ? []
      : all.filter((named) => !chosen.includes(named.object) && wordOf(named).toLowerCase().includes(wanted)).slice(0, MOST_OFFERED);
  const add = (object: string) => {
    setText("");
    onChange([...chosen, object]);
  };
  return (
    <div className={styles.chooser}>
      <ul className={styles.chips} aria-label={t("metrics.objects")}>
        {chosen.map((object) => (
          <li key={object} className={styles.chip}>
            {words.get(object) ?? object}
            {chosen.length > 1 && (
              <button
                type="button"
                aria-label={t("metrics.remove", { name: words.get(object) ?? object })}
                onClick={() => onChange(chosen.filter((one) => one !== object))}
              >
                <X size={14} aria-hidden="true" />
              </button>
            )}
          </li>
        ))}
      </ul>
      {chosen.length < MOST_OBJECTS && (
        <div className={styles.search}>
          <label htmlFor={id}>{t("metrics.add")}</label>
          <input id={id} type="search" value={text} autoComplete="off" onChange={(event) => setText(event.target.value)} />
          {wanted !== "" && (
            <ul className={styles.offered} aria-label={t("metrics.found")}>
              {offered.map((named) => (
                <li key={named.object}>
                  <button type="button" onClick={() => add(named.object)}>
                    {named.name} <span className={styles.kind}>{named.kind}</span>
                  </button>
                </li>
              ))}
              {offered.length === 0 && <li className={styles.kind}>{t("metrics.nothing")}</li>}
            </ul>
          )}
        </div>
      )}
    </div>
  );
}

const FORMATS = {
  ratio: "percent",
  bytes: "bytes",
  bytes_per_second: "rate",
  seconds: "duration",
  load: "decimal",
  count: "count",
} as const;

const formatOf = (metric: { name: string; unit: string } | undefined) =>
  metric?.name === "latency_seconds" ? "latency" : (FORMATS[metric?.unit as keyof typeof FORMATS] ?? "decimal");

function Metrics() {
  const t = useWords();
  const [params, setParams] = useSearchParams();
  const text = params.toString();
  const chosen = useMemo(() => chosenOf(new URLSearchParams(text)), [text]);
  const control = useRange();
  const all = useNamed();
  const names = useAnswer(["metric-names"], () => client.GET("/api/metrics/names"), null);
  const offered = sharedMetrics(names.data ?? [], chosen.objects).filter((metric) => metric.name !== NOT_DRAWN);
  const metric = offered.find((one) => one.name === chosen.metric) ?? offered[0];
  const state = useComparison(chosen.objects, metric?.name ?? chosen.metric, control.range, control.earlier);
  const put = (next: typeof chosen) => setParams((before) => withChosen(before, next), { replace: true, preventScrollReset: true });
  const words = useMemo(() => new Map(all.map((named) => [named.object, wordOf(named)])), [all]);
  const title = t(`metric.${metric?.name ?? chosen.metric}`);
  return (
    <>
      <div className={styles.choice}>
        <ObjectChooser all={all} chosen={chosen.objects} onChange={(objects) => put({ ...chosen, objects })} />
        <SelectField
          label={t("metrics.metric")}
          value={metric?.name ?? ""}
          choices={offered.map((one) => ({ value: one.name, label: t(`metric.${one.name}`) }))}
          onText={(name) => put({ ...chosen, metric: name })}
        />
        <ExportMenu objects={chosen.objects} range={control.range} />
      </div>
      <RangePicker control={control} />
      <HistoryPanel
        title={title}
        unit={formatOf(metric)}
        state={state}
        series={chosen.objects.map((object, column) => ({
          word: words.get(object) ?? `${t(`metrics.kind.${kindOf(object)}`)} ${object}`,
          column,
        }))}
        cursor="metrics"
        most={null}
        onZoom={control.zoom}
        height={360}
        wide
      />
    </>
  );
}

export function MetricsPage() {
  const t = useWords();
  const stream = useStream("clusters", "nodes", "vms", "storages");
  return (
    <>
      <PageHead title={t("metrics.title")} />
      <Edges stream={stream}>
        <Metrics />
      </Edges>
    </>
  );
}
