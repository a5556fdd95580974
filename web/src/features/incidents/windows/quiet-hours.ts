// Quiet hours: a window of every day, or of some days of the week, that lets what is worse through. Pure.
import { WEEKDAYS, type Weekday, weekdayOf } from "../hours/weekdays";
import { dayAfter, dayOf, isZone } from "../shared/local-time";
import { secondsOf, spanOf } from "../shared/span";
import type { WindowDraft } from "./draft";
import { ONCE } from "./repeat";

export interface QuietHours {
  /** "22:00" */
  from: string;
  /** At or before `from`: on the next morning. */
  to: string;
  weekdays: readonly Weekday[];
}

/** The worst that is held: what is worse comes through. */
export const THROUGH = ["warning", "info"] as const;
export const NIGHT: QuietHours = { from: "22:00", to: "07:00", weekdays: WEEKDAYS };

const DAY = 1440;
const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
const clockOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
const isClock = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text);

/** What of a window is quiet hours; null when it is planned work, or more than these hours can say. */
export function quietOf(draft: WindowDraft): QuietHours | null {
  const { every, interval, until, weekdays } = draft.repeat;
  const seconds = secondsOf(draft.lasts) ?? 0;
  const from = draft.begins.slice(11, 16);
  const isPlain = (every === "daily" || every === "weekly") && interval === "1" && until === "" && draft.mute === "notifications";
  if (!isPlain || draft.ceiling === "critical" || !isClock(from)) return null;
  if (seconds < 60 || seconds % 60 !== 0 || seconds > DAY * 60) return null;
  const days = every === "daily" ? WEEKDAYS : weekdays.length > 0 ? weekdays : [weekdayOf(draft.begins)];
  return { from, to: clockOf(minutesOf(from) + seconds / 60), weekdays: days };
}

/** The first of these days from yesterday on: hours of this night have begun already. */
function firstDay(weekdays: readonly Weekday[], now: number, zone: string): string {
  const today = dayOf(now, isZone(zone) ? zone : "UTC");
  for (let i = -1; i < 7; i += 1) {
    const day = dayAfter(today, i);
    if (weekdays.includes(weekdayOf(day))) return day;
  }
  return today;
}

/** The window that keeps these hours. Without a time it has no begin, which the form says. */
export function withQuiet(draft: WindowDraft, { from, to, weekdays }: QuietHours, now: number): WindowDraft {
  const days = weekdays.length > 0 ? weekdays : [weekdayOf(dayOf(now, isZone(draft.zone) ? draft.zone : "UTC"))];
  const isSame = draft.begins.slice(11, 16) === from && days.includes(weekdayOf(draft.begins)) && quietOf(draft) !== null;
  const begins = isSame ? draft.begins : `${firstDay(days, now, draft.zone)}T${from}`;
  const minutes = (minutesOf(to) - minutesOf(from) + DAY) % DAY || DAY;
  return {
    ...draft,
    begins: isClock(from) && isClock(to) ? begins : "",
    lasts: isClock(from) && isClock(to) ? spanOf(minutes * 60) : draft.lasts,
    repeat: days.length === WEEKDAYS.length ? { ...ONCE, every: "daily" } : { ...ONCE, every: "weekly", weekdays: days },
    mute: "notifications",
    ceiling: draft.ceiling === "critical" ? "warning" : draft.ceiling,
  };
}

/** What was planned becomes quiet hours: of the night, unless it is already some. */
export const beginQuiet = (draft: WindowDraft, now: number): WindowDraft => withQuiet(draft, quietOf(draft) ?? NIGHT, now);
