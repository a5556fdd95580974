// The heartbeat bar: equal cells of wall time, coloured and as tall as the worst that was in them. Never "the last n checks".
import { type KeyboardEvent, type MouseEvent, useMemo, useState } from "react";
import type { Service } from "../../fleet/nouns";
import { type Numbers, useNumbers } from "../../fleet/numbers";
import {
  BAR_HEIGHT,
  type BarPaths,
  CELL_HEIGHTS,
  CELL_KINDS,
  CELL_WIDTH,
  type Cell,
  cellsOf,
  pathsOf,
  pathsOfLetters,
  troublesIn,
} from "../../fleet/services/heartbeat";
import { useServiceWords } from "../../fleet/services/words";
import type { Words } from "../../fleet/words";
import styles from "./heartbeat.module.css";

function Paths({ paths, count, isTall }: { paths: BarPaths; count: number; isTall: boolean }) {
  return (
    <svg
      className={`${styles.bar} ${isTall ? styles.tall : ""}`}
      viewBox={`0 0 ${count * CELL_WIDTH} ${BAR_HEIGHT + 4}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {CELL_KINDS.map((kind) => (
        <path key={kind} className={styles[kind]} d={paths[kind]} />
      ))}
      <path className={styles.none} d={paths.none} />
      <path className={styles.maintenance} d={paths.maintenance} />
    </svg>
  );
}

/** "23 Nov 2026, 14:00 – 14:16: down, 30 % of it" */
export function cellText(t: Words, numbers: Numbers, cell: Cell): string {
  const iso = (at: number) => new Date(at).toISOString();
  const span = t("bar.span", { from: numbers.moment(iso(cell.begin)), to: numbers.moment(iso(cell.end)) });
  const state = cell.kind === "none" ? t("bar.none") : t(`fleet:service.state.${cell.kind}`);
  const share = cell.share === null || cell.share >= 1 ? "" : ` (${t("bar.share", { share: numbers.wholePercent(cell.share) })})`;
  return `${span}: ${state}${share}${cell.isMaintenance ? ` · ${t("maintenance")}` : ""}`;
}

/** "Last 24 hours: down in 2 of 90 cells" */
export function barText(t: Words, letters: string): string {
  const parts = Object.entries(troublesIn(letters)).map(([kind, count]) =>
    t("bar.some", { state: t(`fleet:service.state.${kind}`), count, total: letters.length }),
  );
  return `${t("bar.day")}: ${parts.length > 0 ? parts.join(", ") : t("bar.well")}`;
}

interface RowBarProps {
  heartbeat: Service["heartbeat"];
  t: Words;
  numbers: Numbers;
}

/** In a row of a long list: words and numbers come from above, what is under the pointer is told as it is reached. */
export function RowBar({ heartbeat, t, numbers }: RowBarProps) {
  const letters = heartbeat.cells;
  const point = (event: MouseEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = Math.floor(((event.clientX - box.left) / Math.max(1, box.width)) * letters.length);
    const cell = cellsOf(heartbeat)[Math.min(letters.length - 1, Math.max(0, at))];
    if (cell) event.currentTarget.title = cellText(t, numbers, cell);
  };
  return (
    <div onMouseMove={point} role="img" aria-label={barText(t, letters)}>
      <Paths paths={pathsOfLetters(letters)} count={Math.max(1, letters.length)} isTall={false} />
    </div>
  );
}

interface BarProps {
  label: string;
  cells: readonly Cell[];
}

/** On its own page: the arrow keys walk along it, and what a cell held is said below. */
export function StateBar({ label, cells }: BarProps) {
  const t = useServiceWords();
  const numbers = useNumbers();
  const [at, point] = useState<number | null>(null);
  const paths = useMemo(() => pathsOf(cells), [cells]);
  const cell = at === null ? undefined : cells[at];
  const walk = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: -cells.length, End: cells.length };
    const step = steps[event.key];
    if (step === undefined || cells.length === 0) return;
    event.preventDefault();
    point(Math.min(cells.length - 1, Math.max(0, (at ?? (step < 0 ? cells.length : -1)) + step)));
  };
  const hover = (event: MouseEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const next = Math.floor(((event.clientX - box.left) / Math.max(1, box.width)) * cells.length);
    point(Math.min(cells.length - 1, Math.max(0, next)));
  };
  const iso = (millis: number | undefined) => (millis === undefined ? null : new Date(millis).toISOString());
  return (
    <div>
      <div
        className={styles.box}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, cells.length - 1)}
        aria-valuenow={at ?? Math.max(0, cells.length - 1)}
        aria-valuetext={cell ? cellText(t, numbers, cell) : t("bar.help")}
        onKeyDown={walk}
        onMouseMove={hover}
        onMouseLeave={() => point(null)}
        onBlur={() => point(null)}
      >
        <Paths paths={paths} count={Math.max(1, cells.length)} isTall />
      </div>
      <div className={styles.ends}>
        <span>{numbers.moment(iso(cells[0]?.begin))}</span>
        <span>{numbers.moment(iso(cells.at(-1)?.end))}</span>
      </div>
      <p className={styles.told}>{cell ? cellText(t, numbers, cell) : t("bar.help")}</p>
      <BarKey />
    </div>
  );
}

function BarKey() {
  const t = useServiceWords();
  return (
    <ul className={styles.key}>
      {CELL_KINDS.map((kind) => (
        <li key={kind}>
          <svg viewBox="0 0 8 12" aria-hidden="true">
            <rect width="8" height={CELL_HEIGHTS[kind] / 2} y={12 - CELL_HEIGHTS[kind] / 2} className={styles[kind]} />
          </svg>
          {t(`fleet:service.state.${kind}`)}
        </li>
      ))}
      <li>
        <svg viewBox="0 0 8 12" aria-hidden="true">
          <rect width="8" height="4" y="8" className={styles.maintenance} />
        </svg>
        {t("maintenance")}
      </li>
    </ul>
  );
}
