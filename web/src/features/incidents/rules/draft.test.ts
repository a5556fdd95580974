import { describe, expect, it } from "vitest";
import type { AlertRule } from "../../../fleet/nouns";
import { bodyOf, draftOf, EMPTY, faultsIn, type RuleDraft } from "./draft";
import { faultIn, NO_LEVELS, placeOf } from "./levels";
import { numberIn, textOf } from "./units";

const NOBODY = { type: null, cluster_ids: [], node_ids: [], vm_ids: [], storage_ids: [], service_ids: [], pools: [], tags: [] };
const rule: AlertRule = {
  id: "5",
  key: null,
  name: "Busy databases",
  kind: "metric",
  metric_type: "cpu",
  operator: ">=",
  threshold: 0.805,
  clear_threshold: 0.75,
  severity: "warning",
  levels: [
    { severity: "warning", threshold: 0.805, clear_threshold: 0.75, for_seconds: null },
    { severity: "critical", threshold: 0.95, clear_threshold: null, for_seconds: 900 },
  ],
  condition: null,
  selector: { ...NOBODY, type: "guest", tags: ["db"] },
  node_id: null,
  vm_id: null,
  service_id: null,
  exceptions: [
    { selector: { ...NOBODY, vm_ids: ["7"] }, is_off: true, levels: [] },
    {
      selector: { ...NOBODY, pools: ["test"] },
      is_off: false,
      levels: [{ severity: "info", threshold: 0.99, clear_threshold: null, for_seconds: null }],
    },
  ],
  for_seconds: 300,
  keep_for_seconds: 120,
  min_delta: 0.02,
  cooldown_minutes: 5,
  absent: "alert",
  no_data: "resolve",
  no_data_after_seconds: 65,
  route_id: "3",
  channel_ids: ["2"],
  is_active: true,
  open_alert_count: 0,
  last_triggered: null,
  updated_at: "2026-11-28T08:00:00.000Z",
};
const warning = (threshold: string, clear = ""): RuleDraft["levels"] => ({
  ...NO_LEVELS,
  warning: { ...NO_LEVELS.warning, threshold, clear },
});

describe("a rule in the form", () => {
  it("is sent as it came when nobody touched it", () => {
    expect(bodyOf(draftOf(rule))).toEqual({
      name: rule.name,
      kind: "metric",
      metric_type: "cpu",
      operator: ">=",
      severity: null,
      levels: rule.levels,
      condition: "",
      selector: { type: "guest", tags: ["db"] },
      exceptions: [
        { selector: { vm_ids: ["7"] }, is_off: true, levels: [] },
        { selector: { pools: ["test"] }, is_off: false, levels: rule.exceptions[1]?.levels },
      ],
      for_seconds: 300,
      keep_for_seconds: 120,
      min_delta: 0.02,
      cooldown_minutes: 5,
      absent: "alert",
      no_data: "resolve",
      no_data_after_seconds: 65,
      route_id: "3",
      channel_ids: ["2"],
      is_active: true,
    });
  });
  it("has no numbers when it is about an event", () => {
    const body = bodyOf({ ...draftOf(rule), kind: "pve_event", condition: " backup_failed ", severity: "critical" });
    expect(body).toMatchObject({
      metric_type: null,
      operator: null,
      levels: [],
      condition: "backup_failed",
      severity: "critical",
      min_delta: 0,
    });
    expect(body.exceptions?.[1]?.levels).toEqual([]);
  });
});

describe("what is missing", () => {
  it("is said before anything is sent", () => {
    expect(faultsIn(EMPTY)).toEqual(["name", "levels"]);
    expect(faultsIn({ ...EMPTY, name: "x", levels: warning("80") })).toEqual([]);
    expect(faultsIn({ ...EMPTY, name: "x", kind: "certificate" })).toEqual(["condition"]);
    expect(
      faultsIn({ ...EMPTY, name: "x", kind: "check_state", lasts: { amount: "8", unit: "d" }, noDataAfter: { amount: "5", unit: "s" } }),
    ).toEqual(["lasts", "noDataAfter"]);
  });
  it("is a clear value on the wrong side of its threshold", () => {
    expect(faultIn(warning("80", "85").warning, "cpu", ">=")).toBe("clear");
    expect(faultIn(warning("80", "80").warning, "cpu", ">=")).toBe("clear");
    expect(faultIn(warning("80", "75").warning, "cpu", ">=")).toBeNull();
    expect(faultIn(warning("7", "5").warning, "full_in", "<")).toBe("clear");
    expect(faultIn(warning("7", "9").warning, "full_in", "<")).toBeNull();
    expect(faultIn(warning("", "75").warning, "cpu", ">=")).toBe("threshold");
    expect(faultIn(warning("many").warning, "cpu", ">=")).toBe("threshold");
  });
});

it("speaks of numbers in the unit that people use for them", () => {
  expect(textOf("cpu", 0.07)).toBe("7");
  expect(numberIn("cpu", "7")).toBe(0.07);
  expect(numberIn("memory", "92,5")).toBe(0.925);
  expect(textOf("full_in", 604_800)).toBe("7");
  expect(numberIn("response_time", "250")).toBe(0.25);
  expect(numberIn("temperature", "-5")).toBe(-5);
  expect(numberIn("cpu", "")).toBeUndefined();
  expect(numberIn("cpu", "x")).toBeNull();
});

it("knows at which place of what was sent a level stands", () => {
  const levels = { ...NO_LEVELS, info: { ...NO_LEVELS.info, threshold: "1" }, critical: { ...NO_LEVELS.critical, threshold: "2" } };
  expect(placeOf(levels, "critical")).toBe(1);
  expect(placeOf(levels, "warning")).toBe(-1);
});
