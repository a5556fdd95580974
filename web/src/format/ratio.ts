// Shares and counts by the rules of the language.
import { isKnown, numberFormat, UNKNOWN } from "./unknown";

/** 0.123 -> "12.3 %". Always the same number of digits, so that a column of them lines up. */
export function formatPercent(ratio: number | null, locale: string, digits = 1): string {
  if (!isKnown(ratio)) return UNKNOWN;
  return `${numberFormat(locale, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(ratio * 100)}\u00a0%`;
}

/** 10000 -> "10,000" */
export function formatCount(count: number | null, locale: string): string {
  return isKnown(count) ? numberFormat(locale, { maximumFractionDigits: 0 }).format(count) : UNKNOWN;
}

/** Milliseconds: a local ping takes hundredths of one, and those are not 0. */
export function formatMillis(ms: number | null, locale: string): string {
  if (!isKnown(ms)) return UNKNOWN;
  const digits = ms < 1 ? 2 : ms < 100 ? 1 : 0;
  return `${numberFormat(locale, { maximumFractionDigits: digits }).format(ms)} ms`;
}

/** One digit behind the point below 100, none above. */
export function formatDecimal(value: number | null, locale: string): string {
  if (!isKnown(value)) return UNKNOWN;
  return numberFormat(locale, { maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 }).format(value);
}
