// Moments: how long ago, and exactly when.
import { UNKNOWN } from "./unknown";

const STEPS = [
  { unit: "year", ms: 365 * 86_400_000 },
  { unit: "month", ms: 30 * 86_400_000 },
  { unit: "day", ms: 86_400_000 },
  { unit: "hour", ms: 3_600_000 },
  { unit: "minute", ms: 60_000 },
  { unit: "second", ms: 1000 },
] as const;

const relative = new Map<string, Intl.RelativeTimeFormat>();
const exact = new Map<string, Intl.DateTimeFormat>();

/** "2 minutes ago"; a server clock slightly ahead of ours is "now", not the future. */
export function formatAgo(iso: string | null, locale: string, now: number): string {
  const at = iso === null ? Number.NaN : Date.parse(iso);
  if (Number.isNaN(at)) return UNKNOWN;
  const away = at - now;
  const format = kept(relative, locale, () => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));
  const step = STEPS.find(({ ms }) => Math.abs(away) >= ms);
  if (!step || (away > 0 && away < 60_000)) return format.format(0, "second");
  return format.format(Math.trunc(away / step.ms), step.unit);
}

/** The reader's own region of a language: "en-GB" where the browser says so. Dates differ more by region than by language. */
function regional(language: string): string {
  const wishes = (globalThis.navigator as Partial<Navigator> | undefined)?.languages ?? [];
  return wishes.find((wish) => wish.split("-")[0] === language) ?? language;
}

let zone: string | null = null;

/** The zone of the reader's choice; null = that of their machine. A name the browser does not know counts as null. */
export function setTimeZone(name: string | null): void {
  zone = name !== null && isZone(name) ? name : null;
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The zone that was chosen; undefined = that of the machine. */
export const timeZone = (): string | undefined => zone ?? undefined;

const faces = new Map<string, Intl.DateTimeFormat>();

/** A mark of a time axis, as exact as the distance of the marks asks for: "14:05:20", "14:05", "23 Nov", "Nov 2026". */
export function formatMark(seconds: number, step: number, locale: string): string {
  const clock: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const style = ((): Intl.DateTimeFormatOptions => {
    if (step < 60) return { ...clock, second: "2-digit" };
    if (step < 43_200) return clock;
    return step < 28 * 86_400 ? { day: "numeric", month: "short" } : { month: "short", year: "numeric" };
  })();
  const key = `${locale} ${zone} ${Object.keys(style).join()}`;
  return kept(faces, key, () => new Intl.DateTimeFormat(locale, { ...style, timeZone: timeZone() })).format(seconds * 1000);
}

/** "23 Nov 2026, 03:11:13" in the time zone of the reader. */
export function formatMoment(iso: string | null, locale: string): string {
  const at = iso === null ? Number.NaN : Date.parse(iso);
  if (Number.isNaN(at)) return UNKNOWN;
  return kept(
    exact,
    `${locale} ${zone}`,
    () => new Intl.DateTimeFormat(regional(locale), { dateStyle: "medium", timeStyle: "medium", timeZone: timeZone() }),
  ).format(at);
}

/** Parts of a date, of the reader's zone unless another is named: a weekday, "28 Nov", "22:00". */
export function formatDay(at: number, parts: Intl.DateTimeFormatOptions, locale: string, ownZone = timeZone()): string {
  const key = `${locale} ${ownZone} ${Object.entries(parts).join()}`;
  return kept(faces, key, () => new Intl.DateTimeFormat(locale, { ...parts, timeZone: ownZone })).format(at);
}

function kept<T>(store: Map<string, T>, locale: string, make: () => T): T {
  let one = store.get(locale);
  if (!one) {
    one = make();
    store.set(locale, one);
  }
  return one;
}
