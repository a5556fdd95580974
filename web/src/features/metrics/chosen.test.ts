import { describe, expect, it } from "vitest";
import { chosenOf, sharedMetrics, withChosen } from "./chosen";

describe("the choice of the metrics page", () => {
  it("is the fleet when the address says nothing, or nonsense", () => {
    expect(chosenOf(new URLSearchParams("object=<b>&object=vm:"))).toEqual({ objects: ["fleet"], metric: "cpu_ratio" });
  });
  it("goes into the address and comes back, with each object once", () => {
    const chosen = { objects: ["vm:1", "node:2"], metric: "memory_used_bytes" };
    const params = withChosen(new URLSearchParams("range=7d&object=vm:9"), chosen);
    expect(params.get("range")).toBe("7d");
    expect(chosenOf(params)).toEqual(chosen);
    expect(chosenOf(new URLSearchParams("object=vm:1&object=vm:1")).objects).toEqual(["vm:1"]);
  });
  it("offers what all objects have", () => {
    const all = [
      { name: "cpu_ratio", objects: ["vm", "node"] },
      { name: "load_1", objects: ["node"] },
    ];
    expect(sharedMetrics(all, ["vm:1", "node:2"]).map((one) => one.name)).toEqual(["cpu_ratio"]);
    expect(sharedMetrics(all, ["node:2"])).toHaveLength(2);
  });
});
