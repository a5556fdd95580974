import { describe, expect, it } from "vitest";
import { rangeOf, shifted } from "./range";

const of = (text: string) => rangeOf(new URLSearchParams(text));

describe("the range of a page", () => {
  it("is the last hour when the address says nothing, or nonsense", () => {
    for (const text of ["", "range=2h", "from=5", "from=20&to=10", "from=a&to=b", "from=100&to=130"])
      expect(of(text)).toEqual({ span: "1h", seconds: 3600, to: null });
  });
  it("is a span until now, or a window", () => {
    expect(of("range=7d")).toEqual({ span: "7d", seconds: 604_800, to: null });
    expect(of("from=1000&to=4600")).toEqual({ span: null, seconds: 3600, to: 4600 });
  });
  it("moves by half of itself, and never into the future", () => {
    expect(shifted(of("range=1h"), -1, 10_000)).toEqual({ from: 4600, to: 8200 });
    expect(shifted(of("from=4600&to=8200"), 1, 20_000)).toEqual({ from: 6400, to: 10_000 });
    expect(shifted(of("from=4600&to=8200"), 1, 10_000)).toBeNull();
  });
});
