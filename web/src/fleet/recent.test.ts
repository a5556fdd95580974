import { describe, expect, it } from "vitest";
import { RecentCpu, sparkPath } from "./recent";

describe("sparklines", () => {
  it("break where nothing is known", () => {
    expect(sparkPath([0, null, 1, 1]).match(/M/g)).toHaveLength(2);
  });
  it("draw nothing from a single point", () => {
    expect(sparkPath([0.5])).toBe("");
  });
  it("follow only guests that were on screen, and keep an hour", () => {
    const recent = new RecentCpu();
    recent.add("1", 0.5);
    expect(recent.has("1")).toBe(false);
    recent.seed(
      "1",
      Array.from({ length: 80 }, () => 0.5),
    );
    const before = recent.line("1");
    recent.add("1", 1);
    expect(recent.line("1")).not.toBe(before);
    expect(recent.line("1").match(/[ML]/g)).toHaveLength(60);
  });
  it("forget the oldest when many were seen", () => {
    const recent = new RecentCpu();
    for (let i = 0; i < 401; i += 1) recent.seed(String(i), [0, 1]);
    expect(recent.has("0")).toBe(false);
    expect(recent.has("400")).toBe(true);
  });
});
