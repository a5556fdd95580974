// The numbers of rules in the units that people type, and back. Pure.
import type { AlertMetric } from "../../../fleet/nouns";

export const METRICS = [
  "cpu",
  "memory",
  "disk",
  "swap",
  "iowait",
  "memory_pressure",
  "io_pressure",
  "full_in",
  "temperature",
  "response_time",
] as const satisfies readonly AlertMetric[];

export type UnitName = "percent" | "days" | "celsius" | "millis";

export function unitOf(metric: AlertMetric): { name: UnitName; factor: number } {
  if (metric === "full_in") return { name: "days", factor: 1 / 86_400 };
  if (metric === "temperature") return { name: "celsius", factor: 1 };
  if (metric === "response_time") return { name: "millis", factor: 1000 };
  return { name: "percent", factor: 100 };
}

/** Neither way leaves the dust of binary fractions behind. */
const clean = (value: number): number => Number(value.toPrecision(12));

export const textOf = (metric: AlertMetric, value: number | null | undefined): string =>
  value === null || value === undefined ? "" : String(clean(value * unitOf(metric).factor));

/** null when it is none; undefined when nothing was typed. */
export function numberIn(metric: AlertMetric, text: string): number | null | undefined {
  if (text.trim() === "") return undefined;
  const value = Number(text.trim().replace(",", "."));
  return Number.isFinite(value) ? clean(value / unitOf(metric).factor) : null;
}
