// How a window repeats: plain choices, and the RRULE (RFC 5545) that says the same. Pure.
import { WEEKDAYS, type Weekday, weekdayOf } from "../hours/weekdays";

export const EVERY = ["once", "daily", "weekly", "monthly", "own"] as const;
export type Every = (typeof EVERY)[number];
/** Of a month: on its day of the month, on the last day, or on so-manieth weekdays (-1 = the last). */
export const MONTH_ON = ["day", "lastDay", "weekday"] as const;
export const ORDINALS = ["1", "2", "3", "4", "-1"] as const;

export interface Repeat {
  every: Every;
  /** Each so-manieth day, week or month. */
  interval: string;
  weekdays: readonly Weekday[];
  monthOn: (typeof MONTH_ON)[number];
  ordinal: (typeof ORDINALS)[number];
  weekday: Weekday;
  /** The last day on which it may begin, "2027-03-31"; empty = for ever. */
  until: string;
  /** Of "own", as it is written. */
  own: string;
}

export const ONCE: Repeat = {
  every: "once",
  interval: "1",
  weekdays: [],
  monthOn: "day",
  ordinal: "1",
  weekday: "MO",
  until: "",
  own: "",
};

const partsOf = (rule: string): Map<string, string> =>
  new Map(
    rule
      .replace(/^RRULE:/i, "")
      .split(";")
      .filter((part) => part.trim() !== "")
      .map((part) => {
        const [name = "", value = ""] = part.split("=");
        return [name.trim().toUpperCase(), value.trim().toUpperCase()];
      }),
  );

const only = (parts: ReadonlyMap<string, string>, ...names: string[]) =>
  [...parts.keys()].every((name) => ["FREQ", "INTERVAL", "UNTIL", ...names].includes(name));
const isWeekday = (text: string): text is Weekday => WEEKDAYS.some((one) => one === text);

/** `first` is the begin of the window on its clock: what the rule leaves open follows from it. */
function plain(parts: ReadonlyMap<string, string>, first: string): Partial<Repeat> | null {
  const day = parts.get("BYDAY") ?? "";
  const date = parts.get("BYMONTHDAY") ?? "";
  switch (parts.get("FREQ")) {
    case "DAILY":
      return only(parts) ? { every: "daily" } : null;
    case "WEEKLY": {
      const days = day === "" ? [weekdayOf(first)] : day.split(",");
      return only(parts, "BYDAY") && days.every(isWeekday)
        ? { every: "weekly", weekdays: WEEKDAYS.filter((one) => days.includes(one)) }
        : null;
    }
    case "MONTHLY": {
      if (only(parts)) return { every: "monthly", monthOn: "day" };
      if (only(parts, "BYMONTHDAY")) {
        if (date === "-1") return { every: "monthly", monthOn: "lastDay" };
        return date === String(Number(first.slice(8, 10))) ? { every: "monthly", monthOn: "day" } : null;
      }
      const [, nth, weekday = ""] = /^([+-]?\d)([A-Z]{2})$/.exec(day) ?? [];
      const ordinal = ORDINALS.find((one) => one === nth?.replace("+", ""));
      if (!only(parts, "BYDAY") || ordinal === undefined || !isWeekday(weekday)) return null;
      return { every: "monthly", monthOn: "weekday", ordinal, weekday };
    }
    default:
      return null;
  }
}

/** What the plain choices cannot say stays as it is written. */
export function repeatOf(rule: string | null, first: string): Repeat {
  if (rule === null || rule === "") return ONCE;
  const own: Repeat = { ...ONCE, every: "own", own: rule };
  const parts = partsOf(rule);
  const found = plain(parts, first);
  const until = /^(\d{4})(\d\d)(\d\d)(T235959)?$/.exec(parts.get("UNTIL") ?? "");
  if (found === null || (parts.has("UNTIL") && until === null)) return own;
  return { ...ONCE, ...found, interval: parts.get("INTERVAL") ?? "1", until: until ? `${until[1]}-${until[2]}-${until[3]}` : "" };
}

export function ruleOf(repeat: Repeat, first: string): string | null {
  if (repeat.every === "once") return null;
  if (repeat.every === "own") return repeat.own.trim().replace(/^RRULE:/i, "");
  const parts = [`FREQ=${repeat.every.toUpperCase()}`];
  if (Number(repeat.interval) > 1) parts.push(`INTERVAL=${Number(repeat.interval)}`);
  if (repeat.every === "weekly") parts.push(`BYDAY=${(repeat.weekdays.length > 0 ? repeat.weekdays : [weekdayOf(first)]).join(",")}`);
  if (repeat.every === "monthly") {
    if (repeat.monthOn === "day") parts.push(`BYMONTHDAY=${Number(first.slice(8, 10)) || 1}`);
    if (repeat.monthOn === "lastDay") parts.push("BYMONTHDAY=-1");
    if (repeat.monthOn === "weekday") parts.push(`BYDAY=${repeat.ordinal}${repeat.weekday}`);
  }
  if (repeat.until !== "") parts.push(`UNTIL=${repeat.until.replaceAll("-", "")}T235959`);
  return parts.join(";");
}
