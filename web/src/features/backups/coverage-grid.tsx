// The guests and how well they are backed up: a window of some thirty rows, whatever the length of the list.
// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot place a window of ten thousand rows
// biome-ignore-all lint/a11y/useFocusableInteractive: each row holds a link, which has the focus
import { memo, useRef } from "react";
import { Link } from "react-router";
import { coverageLook } from "../../fleet/backups";
import type { BackupCoverage } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useWords } from "../../fleet/words";
import { useClusterName } from "../../fleet/world";
import { Shape } from "../../parts/state-mark";
import { useWindow } from "../../parts/use-window";
import { useWanted, useWhy } from "../../views/backup-words";
import styles from "./backups-page.module.css";

const ROW_HEIGHT = 34;
const HEAD = ["field.state", "field.name", "field.id", "field.cluster", "backups.field.why", "backups.field.last", "backups.field.wanted"];

const CoverageRow = memo(function CoverageRow({ row, index }: { row: BackupCoverage; index: number }) {
  const t = useWords();
  const numbers = useNumbers();
  const wanted = useWanted();
  const why = useWhy();
  const cluster = useClusterName(row.cluster_id);
  const look = coverageLook(row.state);
  const reason = [why(row), row.backup_note].filter(Boolean).join(" · ");
  return (
    <div role="row" aria-rowindex={index + 2} className={styles.row} style={{ transform: `translateY(${index * ROW_HEIGHT}px)` }}>
      <span role="cell" className={styles.state} title={t(look.word)}>
        <Shape tone={look.tone} /> <span className={styles.word}>{t(look.word)}</span>
      </span>
      <span role="cell" className={styles.name}>
        <Link to={`/vms/${row.vm_id}`} title={row.name}>
          {row.name || "–"}
        </Link>
      </span>
      <span role="cell" className={styles.id}>
        {row.vmid} {row.type}
      </span>
      <span role="cell" className={styles.cluster}>
        {cluster}
      </span>
      <span role="cell" className={styles.why} title={reason}>
        {row.is_running ? `${t("backups.now")} · ${reason}` : reason}
      </span>
      <span role="cell" className={styles.last} title={numbers.moment(row.last_success_at)}>
        {numbers.ago(row.last_success_at)}
      </span>
      <span role="cell" className={styles.wanted}>
        {wanted(row.recovery_point_hours)}
      </span>
    </div>
  );
});

export function CoverageGrid({ rows }: { rows: readonly BackupCoverage[] }) {
  const t = useWords();
  const scroller = useRef<HTMLDivElement>(null);
  const { from, to } = useWindow(scroller, ROW_HEIGHT, rows.length);
  return (
    <div ref={scroller} role="table" aria-label={t("backups.table")} aria-rowcount={rows.length + 1} className={styles.grid}>
      <div role="rowgroup" className={styles.head}>
        <div role="row" aria-rowindex={1} className={styles.headRow}>
          {HEAD.map((word) => (
            <span key={word} role="columnheader">
              {t(word)}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" className={styles.body} style={{ height: rows.length * ROW_HEIGHT }}>
        {rows.slice(from, to).map((row, i) => (
          <CoverageRow key={row.vm_id} row={row} index={from + i} />
        ))}
      </div>
    </div>
  );
}
