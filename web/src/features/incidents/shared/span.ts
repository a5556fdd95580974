// A length of time as one types it: a number and a unit. Pure.

export const UNITS = ["s", "m", "h", "d"] as const;
export type Unit = (typeof UNITS)[number];
export const SECONDS: Readonly<Record<Unit, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

export interface Span {
  amount: string;
  unit: Unit;
}

/** In the largest unit that needs no fraction. */
export function spanOf(seconds: number): Span {
  const unit = seconds === 0 ? "m" : ([...UNITS].reverse().find((one) => seconds % SECONDS[one] === 0) ?? "s");
  return { amount: String(seconds / SECONDS[unit]), unit };
}

/** null when it is no number, or none of whole seconds. */
export function secondsOf({ amount, unit }: Span): number | null {
  const number = Number(amount.replace(",", "."));
  if (amount.trim() === "" || !Number.isFinite(number) || number < 0) return null;
  return Math.round(number * SECONDS[unit]);
}
