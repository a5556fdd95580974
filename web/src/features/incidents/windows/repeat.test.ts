import { describe, expect, it } from "vitest";
import { weekdayOf } from "../hours/weekdays";
import { ONCE, type Repeat, repeatOf, ruleOf } from "./repeat";

const FIRST = "2026-11-28T22:00"; // a Saturday
const PLAIN = [
  "FREQ=DAILY",
  "FREQ=DAILY;INTERVAL=3",
  "FREQ=WEEKLY;BYDAY=MO,SU",
  "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;UNTIL=20270331T235959",
  "FREQ=MONTHLY;BYMONTHDAY=28",
  "FREQ=MONTHLY;BYMONTHDAY=-1",
  "FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU",
  "FREQ=MONTHLY;BYDAY=-1SU",
];
const OWN = [
  "FREQ=YEARLY;BYMONTH=12",
  "FREQ=DAILY;COUNT=5",
  "FREQ=MONTHLY;BYMONTHDAY=1,15",
  "FREQ=MONTHLY;BYDAY=MO",
  "FREQ=WEEKLY;BYDAY=1MO",
  "FREQ=DAILY;UNTIL=20270331T120000Z",
  "nonsense",
];

describe("rules and choices", () => {
  it.each(PLAIN)("says %s by plain choices, and the same rule again", (rule) => {
    const repeat = repeatOf(rule, FIRST);
    expect(repeat.every).not.toBe("own");
    expect(ruleOf(repeat, FIRST)).toBe(rule);
  });
  it.each(OWN)("leaves %s as it is written", (rule) => {
    const repeat = repeatOf(rule, FIRST);
    expect(repeat.every).toBe("own");
    expect(ruleOf(repeat, FIRST)).toBe(rule);
  });
});

it("has no rule when it happens once", () => {
  expect(repeatOf(null, FIRST)).toEqual(ONCE);
  expect(ruleOf(ONCE, FIRST)).toBeNull();
});

it("takes the weekday or the date of the begin where nobody chose one", () => {
  const weekly: Repeat = { ...ONCE, every: "weekly" };
  expect(ruleOf(weekly, FIRST)).toBe("FREQ=WEEKLY;BYDAY=SA");
  expect(repeatOf("FREQ=WEEKLY", FIRST).weekdays).toEqual(["SA"]);
  expect(ruleOf({ ...ONCE, every: "monthly" }, FIRST)).toBe("FREQ=MONTHLY;BYMONTHDAY=28");
  expect(weekdayOf("2026-11-30")).toBe("MO");
});

it("takes a rule as others write it", () => {
  expect(repeatOf("RRULE:freq=weekly;byday=fr,mo", FIRST).weekdays).toEqual(["MO", "FR"]);
  expect(ruleOf({ ...ONCE, every: "own", own: " RRULE:FREQ=YEARLY " }, FIRST)).toBe("FREQ=YEARLY");
});
