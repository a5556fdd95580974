// One row of the guest list. It listens to its own guest only; nothing else re-renders it.
// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot place a window of ten thousand rows
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row, as ARIA describes
import { memo } from "react";
import { fillTone, guestLook } from "../../fleet/look";
import type { Numbers } from "../../fleet/numbers";
import { SPARK_HEIGHT, SPARK_WIDTH } from "../../fleet/recent";
import type { Words } from "../../fleet/words";
import { recentCpu, type TagColourOf, useNodeName, useVm } from "../../fleet/world";
import { Meter } from "../../parts/meter";
import { Shape } from "../../parts/state-mark";
import { memoryRatio, networkOf } from "./guest-order";
import styles from "./guests-page.module.css";

interface RowProps {
  id: string;
  index: number;
  isCurrent: boolean;
  isSelected: boolean;
  /** Grows when sparklines were seeded; only there to draw again. */
  seeded: number;
  onPoint: (index: number) => void;
  onOpen: (id: string) => void;
  /** Words and numbers come from above: a row that listens to the language itself costs an effect per row. */
  t: Words;
  numbers: Numbers;
  colourOf: TagColourOf;
}

export const ROW_HEIGHT = 34;

function TagList({ tags, cluster, colourOf }: { tags: readonly string[]; cluster: string; colourOf: TagColourOf }) {
  return (
    <>
      {tags.slice(0, 2).map((tag) => (
        <span key={tag} className={styles.tag} style={colourOf(cluster, tag)} title={tag}>
          {tag}
        </span>
      ))}
      {tags.length > 2 && (
        <span className={styles.more} title={tags.slice(2).join(", ")}>
          +{tags.length - 2}
        </span>
      )}
    </>
  );
}

export const GuestRow = memo(function GuestRow({ id, index, isCurrent, isSelected, onPoint, onOpen, t, numbers, colourOf }: RowProps) {
  const vm = useVm(id);
  const node = useNodeName(vm?.node_id ?? null);
  if (!vm) return null;
  const memory = memoryRatio(vm);
  const line = recentCpu.line(id);
  const look = guestLook(vm);
  const tags = [...vm.proxmox_tags, ...vm.tags];
  const className = `${styles.row} ${isCurrent ? styles.current : ""} ${isSelected ? styles.selected : ""}`;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself takes the keys
    <div
      role="row"
      id={`guest-${id}`}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      tabIndex={-1}
      className={className}
      style={{ transform: `translateY(${index * ROW_HEIGHT}px)` }}
      onMouseDown={() => onPoint(index)}
      onClick={() => onOpen(id)}
    >
      <span role="gridcell" className={styles.state}>
        <Shape tone={look.tone} /> <span className={styles.word}>{t(look.word)}</span>
      </span>
      <span role="gridcell" className={styles.name} title={vm.name}>
        {vm.name || "–"}
      </span>
      <span role="gridcell" className={styles.id}>
        {vm.vmid} {vm.type === "unknown" ? "–" : vm.type}
      </span>
      <span role="gridcell" className={styles.node} title={node}>
        {node}
      </span>
      <span role="gridcell" className={styles.tags}>
        <TagList tags={tags} cluster={vm.cluster_id} colourOf={colourOf} />
      </span>
      <span role="gridcell" className={styles.spark}>
        {/* Always there: while scrolling, a path that changes is cheaper than an element that comes and goes. */}
        <svg width={SPARK_WIDTH} height={SPARK_HEIGHT} aria-hidden="true">
          <path d={line} className={styles.line} />
        </svg>
      </span>
      <span role="gridcell" className={styles.cpu}>
        {vm.cpu_ratio !== null && <Meter ratio={vm.cpu_ratio} tone={fillTone(vm.cpu_ratio)} />}
        <b>{numbers.percent(vm.cpu_ratio)}</b>
      </span>
      <span role="gridcell" className={styles.memory}>
        {memory !== null && <Meter ratio={memory} tone={fillTone(memory, 0.9)} />}
        <b>{numbers.percent(memory)}</b>
      </span>
      <span role="gridcell" className={styles.network}>
        {numbers.rate(networkOf(vm))}
      </span>
    </div>
  );
});
