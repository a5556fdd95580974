import { describe, expect, it } from "vitest";
import type { MaintenanceWindow } from "../../../fleet/nouns";
import { daysOf, spanFrom, WEEKS } from "./calendar";
import { bodyOf, draftOf, emptyDraft, faultsIn } from "./draft";
import { ONCE } from "./repeat";

const ZONE = "Europe/Oslo";
const NOW = Date.parse("2026-11-28T09:10:00Z"); // a Saturday
const window: MaintenanceWindow = {
  id: "4",
  name: "Patch night",
  selector: { type: "node", cluster_ids: ["1"], node_ids: [], vm_ids: [], storage_ids: [], service_ids: [], pools: [], tags: [] },
  starts_at: "2026-11-28T21:00:30.000Z",
  duration_seconds: 7200,
  rrule: "FREQ=MONTHLY;BYDAY=2TU",
  time_zone: ZONE,
  mute: "notifications",
  max_severity: "critical",
  is_active: true,
  active_now: false,
  ends_at: null,
  next_at: null,
  created_by: "ada",
  updated_at: "2026-11-28T08:00:00.000Z",
};

describe("a window in the form", () => {
  it("is sent as it came when nobody touched it", () => {
    const { name, selector, starts_at, duration_seconds, rrule, time_zone, mute, max_severity, is_active } = window;
    expect(bodyOf(draftOf(window), window)).toEqual({
      name,
      selector: { type: selector.type, cluster_ids: ["1"] },
      starts_at,
      duration_seconds,
      rrule,
      time_zone,
      mute,
      max_severity,
      is_active,
    });
  });
  it("begins on the clock of its own zone", () => {
    const moved = { ...draftOf(window), begins: "2026-11-28T22:00", zone: "America/New_York" };
    expect(bodyOf(moved, window).starts_at).toBe("2026-11-29T03:00:00.000Z");
  });
  it("says what is missing", () => {
    const empty = emptyDraft(NOW, ZONE);
    expect(empty.begins).toBe("2026-11-28T11:00");
    expect(faultsIn(empty)).toEqual(["name"]);
    const bad = {
      ...empty,
      name: "x",
      lasts: { amount: "2", unit: "s" as const },
      zone: "Mars",
      repeat: { ...ONCE, every: "own" as const },
    };
    expect(faultsIn(bad)).toEqual(["zone", "lasts", "repeat"]);
    expect(faultsIn({ ...empty, name: "x", begins: "", repeat: { ...ONCE, every: "daily", interval: "0" } })).toEqual(["begins", "repeat"]);
  });
});

describe("the calendar", () => {
  it("begins with the Monday of this week", () => {
    const span = spanFrom(NOW, ZONE);
    expect(span.first).toBe("2026-11-23");
    expect(new Date(span.from).toISOString()).toBe("2026-11-22T23:00:00.000Z");
    expect(span.to - span.from).toBe(WEEKS * 7 * 86_400_000);
  });
  it("shows a night on both of its days", () => {
    const days = daysOf([{ window_id: "4", starts_at: "2026-11-28T21:00:00Z", ends_at: "2026-11-29T01:00:00Z" }], NOW, ZONE);
    const filled = days.filter(({ times }) => times.length > 0);
    expect(filled.map(({ day }) => day)).toEqual(["2026-11-28", "2026-11-29"]);
    expect(filled[0]?.isToday).toBe(true);
    expect(filled[0]?.times).toEqual([{ windowId: "4", from: Date.parse("2026-11-28T21:00:00Z"), to: null }]);
    expect(filled[1]?.times).toEqual([{ windowId: "4", from: null, to: Date.parse("2026-11-29T01:00:00Z") }]);
  });
  it("does not show what ends with a day on the next one", () => {
    const days = daysOf([{ window_id: "4", starts_at: "2026-11-28T21:00:00Z", ends_at: "2026-11-28T23:00:00Z" }], NOW, ZONE);
    expect(days.filter(({ times }) => times.length > 0).map(({ day }) => day)).toEqual(["2026-11-28"]);
  });
});
