import { describe, expect, it } from "vitest";
import type { Silence } from "../../../fleet/nouns";
import { againOf, bodyOf, changesOf, draftOf, emptyDraft, faultsIn, matchersIn, type SilenceDraft, silencePath, standingOf } from "./draft";

const ZONE = "Europe/Oslo";
const NOW = Date.parse("2026-11-28T09:00:00Z");
const silence: Silence = {
  id: "3",
  matchers: [{ label: "name", value: "web*", is_equal: true }],
  alert_id: null,
  starts_at: "2026-11-28T08:00:17.000Z",
  ends_at: "2026-11-28T12:00:17.000Z",
  until_resolved: false,
  comment: "New disks",
  created_by: "ada",
  active_now: true,
  held_alert_count: 2,
  updated_at: "2026-11-28T08:00:17.000Z",
};
const draft = (change: Partial<SilenceDraft> = {}): SilenceDraft => ({
  ...emptyDraft([{ label: "name", value: " web* ", isEqual: true }]),
  comment: "New disks",
  ...change,
});

describe("what is sent", () => {
  it("ends so many hours after its begin, and begins now when nobody said when", () => {
    expect(bodyOf(draft({ length: "4" }), NOW, ZONE)).toEqual({
      matchers: [{ label: "name", value: "web*", is_equal: true }],
      ends_at: "2026-11-28T13:00:00.000Z",
      comment: "New disks",
    });
    expect(bodyOf(draft({ begins: "2026-11-29T10:00" }), NOW, ZONE)).toMatchObject({
      starts_at: "2026-11-29T09:00:00.000Z",
      ends_at: "2026-11-29T10:00:00.000Z",
    });
  });
  it("ends tomorrow morning on the reader's clock, or when one says", () => {
    expect(bodyOf(draft({ length: "morning" }), NOW, ZONE).ends_at).toBe("2026-11-29T07:00:00.000Z");
    expect(bodyOf(draft({ length: "own", ends: "2026-12-01T12:30" }), NOW, ZONE).ends_at).toBe("2026-12-01T11:30:00.000Z");
  });
  it("leaves alone what nobody changed", () => {
    expect(changesOf({ ...draftOf(silence, ZONE), comment: "Other disks" }, silence, NOW, ZONE)).toEqual({
      matchers: [{ label: "name", value: "web*", is_equal: true }],
      comment: "Other disks",
    });
    expect(changesOf({ ...draftOf(silence, ZONE), ends: "2026-11-28T18:00" }, silence, NOW, ZONE)).toMatchObject({
      ends_at: "2026-11-28T17:00:00.000Z",
    });
  });
  it("has no matchers of a snooze", () => {
    const snooze = { ...silence, alert_id: "9", matchers: [], comment: "" };
    expect(changesOf({ ...draftOf(snooze, ZONE), length: "1", begins: "" }, snooze, NOW, ZONE)).toEqual({
      starts_at: "2026-11-28T09:00:00.000Z",
      ends_at: "2026-11-28T10:00:00.000Z",
    });
  });
});

it("says what is missing before anything is sent", () => {
  expect(faultsIn(draft(), NOW, ZONE, false)).toEqual([]);
  expect(faultsIn(emptyDraft(), NOW, ZONE, false)).toEqual(["matchers", "comment"]);
  expect(faultsIn(draft({ length: "own", ends: "" }), NOW, ZONE, false)).toEqual(["ends"]);
  expect(faultsIn(draft({ length: "own", ends: "2026-11-28T09:30" }), NOW, ZONE, false)).toEqual(["ends"]);
  expect(faultsIn(draft({ length: "own", ends: "2028-01-01T00:00" }), NOW, ZONE, false)).toEqual(["ends"]);
  expect(faultsIn({ ...emptyDraft(), matchers: [] }, NOW, ZONE, true)).toEqual([]);
});

it("opens filled in for an alert, and once more for what is over", () => {
  const path = silencePath({ object: { kind: "guest", id: "5", name: "db & co" }, rule_name: "Guest stopped" });
  expect(matchersIn(new URL(path, "http://x").searchParams)).toEqual([
    { label: "kind", value: "guest", isEqual: true },
    { label: "name", value: "db & co", isEqual: true },
    { label: "rule", value: "Guest stopped", isEqual: true },
  ]);
  expect(againOf(silence)).toMatchObject({ begins: "", length: "1", comment: "New disks" });
});

it("is active, coming or over", () => {
  expect(standingOf(silence, NOW)).toBe("active");
  expect(standingOf({ ...silence, active_now: false }, NOW)).toBe("over");
  expect(standingOf({ ...silence, active_now: false, starts_at: "2026-11-30T00:00:00Z" }, NOW)).toBe("coming");
});
