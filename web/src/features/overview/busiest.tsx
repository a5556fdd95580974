// The busiest guests: now, as they live, or on average over a window, by history.
import { memo, type ReactNode, useState } from "react";
import { Link } from "react-router";
import { client } from "../../api/client";
import { useAnswer } from "../../fleet/ask";
import { useNumbers } from "../../fleet/numbers";
import { SPARK_HEIGHT, SPARK_WIDTH, sparkPath } from "../../fleet/recent";
import { useSparkSeeds } from "../../fleet/use-spark-seeds";
import { useWords } from "../../fleet/words";
import { recentCpu, useNodeName, useVm } from "../../fleet/world";
import { Answered } from "../../parts/edges";
import { Panel } from "../../parts/panel";
import styles from "./overview-page.module.css";

const MOST = 7;
/** How often a list over a window is asked anew: it changes slowly. */
const ASK_MS = 120_000;
const WINDOWS = [
  { value: "now", hours: 0, word: "overview.now" },
  { value: "1h", hours: 1, word: "range.1h" },
  { value: "24h", hours: 24, word: "range.24h" },
  { value: "7d", hours: 168, word: "range.7d" },
  { value: "30d", hours: 720, word: "range.30d" },
] as const;
type Window = (typeof WINDOWS)[number]["value"];

interface RowProps {
  id: string;
  name: string;
  nodeId: string | null;
  line: string;
  ratio: number | null;
}

function Row({ id, name, nodeId, line, ratio }: RowProps) {
  const node = useNodeName(nodeId);
  const numbers = useNumbers();
  return (
    <li className={styles.row}>
      <Link to={`/vms/${id}`} title={name}>
        {name}
      </Link>
      <span className={styles.muted}>{node}</span>
      <svg width={SPARK_WIDTH} height={SPARK_HEIGHT} aria-hidden="true">
        <path d={line} className={styles.spark} />
      </svg>
      <b>{numbers.percent(ratio)}</b>
    </li>
  );
}

const LiveRow = memo(function LiveRow({ id }: { id: string; seeded: number }) {
  const vm = useVm(id);
  return vm ? <Row id={id} name={vm.name} nodeId={vm.node_id} line={recentCpu.line(id)} ratio={vm.cpu_ratio} /> : null;
});

function Live({ ids }: { ids: readonly string[] }) {
  const seeded = useSparkSeeds(ids);
  return (
    <ul className={styles.list}>
      {ids.map((id) => (
        <LiveRow key={id} id={id} seeded={seeded} />
      ))}
    </ul>
  );
}

function Averaged({ hours }: { hours: number }): ReactNode {
  const t = useWords();
  const ask = () => client.GET("/api/dashboard/top", { params: { query: { metric: "cpu", hours, limit: MOST } } });
  const answer = useAnswer(["top", "cpu", String(hours)], ask, ASK_MS);
  return (
    <Answered answer={answer}>
      {({ items }) =>
        items.length === 0 ? (
          <p className={styles.muted}>{t("edge.chartNone")}</p>
        ) : (
          <ul className={styles.list}>
            {items.map((one) => (
              <Row key={one.vm_id} id={one.vm_id} name={one.name} nodeId={one.node_id} line={sparkPath(one.recent)} ratio={one.value} />
            ))}
          </ul>
        )
      }
    </Answered>
  );
}

export function Busiest({ ids }: { ids: readonly string[] }) {
  const t = useWords();
  const [window, setWindow] = useState<Window>("now");
  const chosen = WINDOWS.find((one) => one.value === window) ?? WINDOWS[0];
  const hint = chosen.hours > 0 ? t("overview.busiestMean") : t(ids.length > 0 ? "overview.busiestHint" : "overview.busiestEmpty");
  const actions = (
    <>
      <select
        className={styles.window}
        aria-label={t("range.title")}
        value={window}
        onChange={(event) => setWindow(WINDOWS.find((one) => one.value === event.target.value)?.value ?? "now")}
      >
        {WINDOWS.map((one) => (
          <option key={one.value} value={one.value}>
            {t(one.word)}
          </option>
        ))}
      </select>
      <Link to="/vms?sort=-cpu">{t("overview.all")}</Link>
    </>
  );
  return (
    <Panel title={t("overview.busiest")} hint={hint} actions={actions}>
      {chosen.hours > 0 ? <Averaged hours={chosen.hours} /> : <Live ids={ids} />}
    </Panel>
  );
}
