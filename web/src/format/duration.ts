// A length of time as people say it: the two largest units, or one where the second says nothing.
import { isKnown, numberFormat, UNKNOWN } from "./unknown";

const UNITS = [
  { unit: "day", seconds: 86_400 },
  { unit: "hour", seconds: 3600 },
  { unit: "minute", seconds: 60 },
  { unit: "second", seconds: 1 },
] as const;

/** 11520 -> "3 hr 12 min", by the language's own short units. */
export function formatDuration(seconds: number | null, locale: string): string {
  if (!isKnown(seconds)) return UNKNOWN;
  let rest = Math.max(0, Math.floor(seconds));
  const first = UNITS.findIndex((step) => rest >= step.seconds);
  if (first === -1) return say(0, "second", locale);
  const parts: string[] = [];
  for (const step of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / step.seconds);
    rest -= count * step.seconds;
    if (count > 0) parts.push(say(count, step.unit, locale));
  }
  return parts.join(" ");
}

const say = (count: number, unit: string, locale: string): string =>
  numberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(count);
