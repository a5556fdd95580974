// The bar of wall-time cells as paths: one per kind of state, so that a list of thousands costs a handful of elements a
// row. What is worse stands taller, so that the bar says the same in greyscale.
import type { Service, ServiceStatus, StateCell } from "../nouns";

export const BAR_HEIGHT = 24;

export type CellKind = ServiceStatus | "none";
export const CELL_KINDS: readonly CellKind[] = ["up", "warning", "down", "unreachable", "unknown", "paused"];

export interface Cell {
  kind: CellKind;
  /** Of that state in the cell; null when not known. */
  share: number | null;
  isMaintenance: boolean;
  begin: number;
  end: number;
}

const LETTERS: Readonly<Record<string, CellKind>> = {
  u: "up",
  w: "warning",
  d: "down",
  r: "unreachable",
  n: "unknown",
  p: "paused",
  ".": "none",
};
/** Where nothing was watched yet stands a thin track, so that the bar has its whole length. */
export const CELL_HEIGHTS: Readonly<Record<CellKind, number>> = {
  up: 14,
  warning: 19,
  down: 24,
  unreachable: 24,
  unknown: 9,
  paused: 5,
  none: 2,
};

export function cellsOf({ begin, cell_seconds, cells, shares }: Service["heartbeat"]): Cell[] {
  const start = Date.parse(begin);
  const length = cell_seconds * 1000;
  return [...cells].map((letter, i) => {
    const digit = shares[i];
    return {
      kind: LETTERS[letter.toLowerCase()] ?? "unknown",
      share: digit === undefined || digit === "." ? null : Math.min(1, (Number(digit) + 1) / 10),
      isMaintenance: letter !== letter.toLowerCase(),
      begin: start + i * length,
      end: start + (i + 1) * length,
    };
  });
}

const MILLIS: Record<Exclude<CellKind, "none">, keyof StateCell & `${string}_ms`> = {
  up: "up_ms",
  warning: "degraded_ms",
  down: "down_ms",
  unreachable: "unreachable_ms",
  unknown: "unknown_ms",
  paused: "paused_ms",
};

export const cellsOfStates = (cells: readonly StateCell[], cellSeconds: number): Cell[] =>
  cells.map((cell) => {
    const begin = Date.parse(cell.begin);
    const kind = cell.worst ?? "none";
    const spent = kind === "none" ? 0 : (cell[MILLIS[kind]] as number);
    return {
      kind,
      share: kind === "none" ? null : Math.min(1, spent / (cellSeconds * 1000)),
      isMaintenance: cell.in_maintenance,
      begin,
      end: begin + cellSeconds * 1000,
    };
  });

export type BarPaths = Readonly<Record<CellKind | "maintenance", string>>;

/** In a box of 4 by BAR_HEIGHT a cell; the gap between two is a quarter of it. */
export const CELL_WIDTH = 4;

export function pathsOf(cells: readonly Pick<Cell, "kind" | "isMaintenance">[]): BarPaths {
  const paths: Record<CellKind | "maintenance", string> = {
    up: "",
    warning: "",
    down: "",
    unreachable: "",
    unknown: "",
    paused: "",
    none: "",
    maintenance: "",
  };
  cells.forEach(({ kind, isMaintenance }, i) => {
    const height = CELL_HEIGHTS[kind];
    const x = i * CELL_WIDTH;
    paths[kind] += `M${x} ${BAR_HEIGHT - height}h3v${height}h-3z`;
    if (isMaintenance) paths.maintenance += `M${x} ${BAR_HEIGHT + 2}h4v2h-4z`;
  });
  return paths;
}

const kept = new Map<string, BarPaths>();

/** Of the letters of a heartbeat; rows come and go while scrolling, so what was drawn is kept. */
export function pathsOfLetters(letters: string): BarPaths {
  let paths = kept.get(letters);
  if (!paths) {
    if (kept.size > 4000) kept.clear();
    paths = pathsOf(
      [...letters].map((letter) => ({ kind: LETTERS[letter.toLowerCase()] ?? "unknown", isMaintenance: /[A-Z]/.test(letter) })),
    );
    kept.set(letters, paths);
  }
  return paths;
}

/** How many cells hold something of each state, the healthy ones left out. */
export function troublesIn(letters: string): Partial<Record<CellKind, number>> {
  const counts: Partial<Record<CellKind, number>> = {};
  for (const letter of letters.toLowerCase()) {
    const kind = LETTERS[letter] ?? "unknown";
    if (kind !== "up" && kind !== "none") counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
