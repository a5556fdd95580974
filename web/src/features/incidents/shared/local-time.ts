// Wall time as a form shows it ("2026-11-28T09:30"), on the clocks of any time zone, and back. Pure.
import { timeZone } from "../../../format/time";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const faces = new Map<string, Intl.DateTimeFormat>();

export const ownZone = (): string => timeZone() ?? (Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC");

function faceOf(zone: string): Intl.DateTimeFormat {
  const known = faces.get(zone);
  if (known) return known;
  const face = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  faces.set(zone, face);
  return face;
}

export function isZone(name: string): boolean {
  try {
    return name.trim() !== "" && faceOf(name) !== null;
  } catch {
    return false;
  }
}

/** What clocks there show at this moment. */
export function localOf(at: number, zone: string): string {
  const parts = new Map(
    faceOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? "";
  return `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
}

/** Clocks there show this at ...; the first of two such moments, and of none the one that an hour skipped leads to. */
export function momentOf(local: string, zone: string): number | null {
  const asUtc = Date.parse(`${local.slice(0, 16)}Z`);
  if (Number.isNaN(asUtc) || !isZone(zone)) return null;
  const ahead = (at: number) => Date.parse(`${localOf(at, zone)}Z`) - Math.floor(at / MINUTE_MS) * MINUTE_MS;
  const [first, second] = [asUtc - ahead(asUtc - DAY_MS), asUtc - ahead(asUtc + DAY_MS)];
  const isShown = (at: number) => localOf(at, zone) === local.slice(0, 16);
  return isShown(first) || !isShown(second) ? first : second;
}

export const isoOf = (local: string, zone: string): string | null => {
  const at = momentOf(local, zone);
  return at === null ? null : new Date(at).toISOString();
};

/** "2026-11-28" and a number of days later. */
export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

export const dayOf = (at: number, zone: string): string => localOf(at, zone).slice(0, 10);

const MORNING = "08:00";
export const nextMorning = (now: number, zone: string): string => `${dayAfter(dayOf(now, zone), 1)}T${MORNING}`;
