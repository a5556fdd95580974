import { expect, it } from "vitest";
import { bodyOf, draftOf, emptyDraft, faultsIn, type WindowDraft } from "./draft";
import { beginQuiet, quietOf, withQuiet } from "./quiet-hours";

const ZONE = "Europe/Oslo";
const NOW = Date.parse("2026-11-28T01:10:00Z"); // ten past two in the night to a Saturday
const night = (): WindowDraft => ({ ...beginQuiet(emptyDraft(NOW, ZONE), NOW), name: "Nights" });

it("is every night at first, begun already, and lets critical through", () => {
  expect(faultsIn(night())).toEqual([]);
  expect(bodyOf(night())).toMatchObject({
    starts_at: "2026-11-27T21:00:00.000Z",
    duration_seconds: 9 * 3600,
    rrule: "FREQ=DAILY",
    time_zone: ZONE,
    mute: "notifications",
    max_severity: "warning",
  });
});

it("is of the days that one chooses, from the first of them on", () => {
  const weekend = withQuiet(night(), { from: "00:00", to: "00:00", weekdays: ["SA", "SU"] }, NOW);
  expect(bodyOf(weekend)).toMatchObject({
    starts_at: "2026-11-27T23:00:00.000Z",
    duration_seconds: 86_400,
    rrule: "FREQ=WEEKLY;BYDAY=SA,SU",
  });
  expect(bodyOf(withQuiet(night(), { from: "12:00", to: "13:30", weekdays: ["MO"] }, NOW))).toMatchObject({
    starts_at: "2026-11-30T11:00:00.000Z",
    duration_seconds: 5400,
  });
});

it("is found again in what is kept, and planned work is not taken for it", () => {
  expect(quietOf(night())).toEqual({ from: "22:00", to: "07:00", weekdays: ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] });
  const kept = draftOf({
    ...bodyOf(withQuiet(night(), { from: "21:30", to: "06:15", weekdays: ["MO", "FR"] }, NOW)),
    id: "1",
    selector: { type: null, cluster_ids: [], node_ids: [], vm_ids: [], storage_ids: [], service_ids: [], pools: [], tags: [] },
    rrule: "FREQ=WEEKLY;BYDAY=MO,FR",
    time_zone: ZONE,
    mute: "notifications",
    max_severity: "info",
    is_active: true,
    active_now: false,
    ends_at: null,
    next_at: null,
    created_by: "ada",
    updated_at: "2026-11-28T08:00:00.000Z",
  });
  expect(quietOf(kept)).toEqual({ from: "21:30", to: "06:15", weekdays: ["MO", "FR"] });
  expect(withQuiet(kept, { from: "21:30", to: "06:00", weekdays: ["MO", "FR"] }, NOW).begins).toBe(kept.begins);
  expect(quietOf({ ...kept, ceiling: "critical" })).toBeNull();
  expect(quietOf({ ...kept, mute: "all" })).toBeNull();
  expect(quietOf({ ...kept, repeat: { ...kept.repeat, until: "2027-01-01" } })).toBeNull();
});

it("says that a time is missing", () => {
  expect(faultsIn(withQuiet(night(), { from: "", to: "07:00", weekdays: ["MO"] }, NOW))).toEqual(["begins"]);
});
