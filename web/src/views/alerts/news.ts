// Which incidents are news since the last look. Pure.
import type { Incident, Severity } from "../../fleet/nouns";

export type Seen = ReadonlyMap<string, Severity>;

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

export const seenOf = (incidents: readonly Incident[]): Seen => new Map(incidents.map((one) => [one.id, one.severity]));

/** New ones, and those that became worse; what nobody is to be told of, or somebody has already, is none. The first look is none either. */
export function newsOf(before: Seen | null, now: readonly Incident[]): readonly Incident[] {
  if (before === null) return [];
  return now.filter((one) => {
    const was = before.get(one.id);
    if (one.state !== "open" || one.held_by !== null) return false;
    return was === undefined || RANK[one.severity] > RANK[was];
  });
}

export const worstOf = (incidents: readonly Pick<Incident, "severity">[]): Severity =>
  incidents.reduce<Severity>((worst, { severity }) => (RANK[severity] > RANK[worst] ? severity : worst), "info");

/** "(3) Overview · Monitorix"; without a number when nothing is wrong. */
export function numbered(title: string, count: number): string {
  const plain = title.replace(/^\(\d+\+?\) /, "");
  return count === 0 ? plain : `(${count}) ${plain}`;
}
