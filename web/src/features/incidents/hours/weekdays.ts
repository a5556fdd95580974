// Days of the week by their names in RFC 5545, which the API uses too. Pure.

export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** The weekday of "2026-11-28" or "2026-11-28T22:00". */
export const weekdayOf = (local: string): Weekday => {
  const at = Date.parse(`${local.slice(0, 10)}T00:00Z`);
  return WEEKDAYS[Number.isNaN(at) ? 0 : (new Date(at).getUTCDay() + 6) % 7] ?? "MO";
};
