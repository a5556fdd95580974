// The next weeks, day by day on the reader's clock, with the windows that are open on each. Pure.
import type { MaintenanceTime } from "../../../fleet/nouns";
import { WEEKDAYS, weekdayOf } from "../hours/weekdays";
import { dayAfter, dayOf, momentOf } from "../shared/local-time";

export const WEEKS = 4;

export interface DayTime {
  windowId: string | null;
  /** null: from the day before, or into the next one. */
  from: number | null;
  to: number | null;
}

export interface Day {
  /** "2026-11-28" */
  day: string;
  isPast: boolean;
  isToday: boolean;
  times: readonly DayTime[];
}

/** The Monday of this week, and the end of the last one that is shown. */
export function spanFrom(now: number, zone: string): { first: string; from: number; to: number } {
  const today = dayOf(now, zone);
  const first = dayAfter(today, -WEEKDAYS.indexOf(weekdayOf(today)));
  const begin = (day: string) => momentOf(`${day}T00:00`, zone) ?? now;
  return { first, from: begin(first), to: begin(dayAfter(first, WEEKS * 7)) };
}

export function daysOf(times: readonly MaintenanceTime[], now: number, zone: string): readonly Day[] {
  const { first } = spanFrom(now, zone);
  const today = dayOf(now, zone);
  return Array.from({ length: WEEKS * 7 }, (_, i) => {
    const day = dayAfter(first, i);
    const begin = momentOf(`${day}T00:00`, zone) ?? 0;
    const end = momentOf(`${dayAfter(day, 1)}T00:00`, zone) ?? 0;
    const own = times.flatMap((one) => {
      const [from, to] = [Date.parse(one.starts_at), Date.parse(one.ends_at)];
      if (to <= begin || from >= end) return [];
      return [{ windowId: one.window_id, from: from < begin ? null : from, to: to > end ? null : to }];
    });
    return { day, isPast: day < today, isToday: day === today, times: own };
  });
}
