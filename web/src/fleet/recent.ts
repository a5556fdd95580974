// The recent CPU of guests for sparklines: seeded once from the hour in memory, then fed by the live world. A path is
// computed when a row first asks for it after a value came, so that scrolling mostly hands strings to the browser, and
// a poll that changes four hundred followed guests computes the thirty that are seen.

export const SPARK_WIDTH = 90;
export const SPARK_HEIGHT = 20;
const KEPT = 60;
const MOST = 400;

export interface Recent {
  values: (number | null)[];
  /** null = to be computed when it is next asked for. */
  line: string | null;
}

export function sparkPath(values: readonly (number | null)[]): string {
  if (values.length < 2) return "";
  const step = SPARK_WIDTH / (values.length - 1);
  let path = "";
  let isDown = false;
  values.forEach((value, i) => {
    if (value === null) {
      isDown = false;
      return;
    }
    const y = (SPARK_HEIGHT - 1 - Math.min(1, Math.max(0, value)) * (SPARK_HEIGHT - 2)).toFixed(1);
    path += `${isDown ? "L" : "M"}${(i * step).toFixed(1)} ${y}`;
    isDown = true;
  });
  return path;
}

export class RecentCpu {
  private rings = new Map<string, Recent>();
  followed = (): Iterable<string> => this.rings.keys();
  has = (id: string): boolean => this.rings.has(id);

  line(id: string): string {
    const ring = this.rings.get(id);
    if (!ring) return "";
    ring.line ??= sparkPath(ring.values);
    return ring.line;
  }

  seed(id: string, values: readonly (number | null)[]): void {
    if (this.rings.size >= MOST) {
      const oldest = this.rings.keys().next().value;
      if (oldest !== undefined) this.rings.delete(oldest);
    }
    const kept = values.slice(-KEPT);
    this.rings.set(id, { values: kept, line: null });
  }

  /** Only guests that were seeded are followed. */
  add(id: string, value: number | null): void {
    const ring = this.rings.get(id);
    if (!ring) return;
    ring.values.push(value);
    if (ring.values.length > KEPT) ring.values.shift();
    ring.line = null;
  }
}
