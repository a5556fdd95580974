// Nodes as tiles: CPU as a number, CPU and memory as bars, the state as shape and border. A tile listens to one node.
import { memo } from "react";
import { Link } from "react-router";
import { fillTone, nodeLook, ratioOf } from "../fleet/look";
import { useNumbers } from "../fleet/numbers";
import type { Sparks } from "../fleet/use-sparks";
import { useWords } from "../fleet/words";
import { useNode } from "../fleet/world";
import { Meter } from "../parts/meter";
import { Spark } from "../parts/spark";
import { Shape } from "../parts/state-mark";
import styles from "./node-tiles.module.css";

type Values = readonly (number | null)[];

/** `spark`: null = none is wanted. */
const Tile = memo(function Tile({ id, spark }: { id: string; spark: Values | null | undefined }) {
  const node = useNode(id);
  const t = useWords();
  const numbers = useNumbers();
  if (!node) return null;
  const look = nodeLook(node);
  const memory = ratioOf(node.memory_used_bytes, node.memory_total_bytes);
  const busy = fillTone(node.cpu_ratio);
  const border = look.tone === "ok" ? busy : look.tone;
  const number = node.cpu_ratio === null ? t(look.word) : numbers.percent(node.cpu_ratio);
  return (
    <li>
      <Link to={`/nodes/${id}`} className={`${styles.tile} ${styles[border] ?? ""}`} title={`${node.name}: ${t(look.word)}`}>
        <span className={styles.name}>
          <Shape tone={look.tone} />
          {node.name}
          <span className={styles.hidden}>{t(look.word)}</span>
        </span>
        <span className={`${styles.number} ${node.cpu_ratio === null ? styles.inWords : ""}`}>
          <span className={styles.hidden}>{t("field.cpu")} </span>
          {number}
        </span>
        {spark !== null && <Spark values={spark} wide />}
        <Meter ratio={node.cpu_ratio} tone={busy} />
        <Meter ratio={memory} tone={fillTone(memory, 0.9)} />
        <span className={styles.hidden}>
          {t("field.memory")} {numbers.percent(memory)}
        </span>
      </Link>
    </li>
  );
});

interface TilesProps {
  ids: readonly string[];
  label: string;
  sparks?: Sparks;
}

export function NodeTiles({ ids, label, sparks }: TilesProps) {
  return (
    <ul className={styles.tiles} aria-label={label}>
      {ids.map((id) => (
        <Tile key={id} id={id} spark={sparks ? sparks.get(id) : null} />
      ))}
    </ul>
  );
}
