import { expect, it } from "vitest";
import { dayAfter, isZone, localOf, momentOf, nextMorning } from "./local-time";

const at = (text: string): number => Date.parse(text);

it("shows a moment on the clocks of a zone, and finds it again", () => {
  const moment = at("2026-07-01T10:15:00Z");
  expect(localOf(moment, "Europe/Oslo")).toBe("2026-07-01T12:15");
  expect(momentOf("2026-07-01T12:15", "Europe/Oslo")).toBe(moment);
  expect(localOf(at("2026-07-01T00:00:00Z"), "UTC")).toBe("2026-07-01T00:00");
});

it("takes the first of an hour that comes twice, and goes on past one that never comes", () => {
  expect(momentOf("2026-10-25T02:30", "Europe/Oslo")).toBe(at("2026-10-25T00:30:00Z"));
  expect(momentOf("2026-03-29T02:30", "Europe/Oslo")).toBe(at("2026-03-29T01:30:00Z"));
  expect(momentOf("2026-03-29T03:30", "Europe/Oslo")).toBe(at("2026-03-29T01:30:00Z"));
});

it("finds every half hour of a year again, in zones with odd offsets", () => {
  for (const zone of ["Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe"])
    for (let moment = at("2026-01-01T00:00:00Z"); moment < at("2027-01-01T00:00:00Z"); moment += 7 * 1_800_000) {
      const found = momentOf(localOf(moment, zone), zone);
      expect(found === moment || localOf(found ?? 0, zone) === localOf(moment, zone)).toBe(true);
    }
});

it("refuses what is no time and no zone", () => {
  expect(momentOf("", "UTC")).toBeNull();
  expect(momentOf("2026-07-01T12:15", "Mars/Olympus")).toBeNull();
  expect(isZone("Europe/Oslo")).toBe(true);
  expect(isZone(" ")).toBe(false);
});

it("counts days over the end of a month, and knows the next morning", () => {
  expect(dayAfter("2026-02-28", 1)).toBe("2026-03-01");
  expect(nextMorning(at("2026-12-31T23:30:00Z"), "Europe/Oslo")).toBe("2027-01-02T08:00");
});
