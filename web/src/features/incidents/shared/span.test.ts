import { expect, it } from "vitest";
import { secondsOf, spanOf } from "./span";

it("says a length in the largest unit that needs no fraction", () => {
  expect(spanOf(300)).toEqual({ amount: "5", unit: "m" });
  expect(spanOf(90)).toEqual({ amount: "90", unit: "s" });
  expect(spanOf(604_800)).toEqual({ amount: "7", unit: "d" });
  expect(spanOf(0)).toEqual({ amount: "0", unit: "m" });
});

it("takes what one types, with the comma of many languages", () => {
  expect(secondsOf({ amount: "1,5", unit: "h" })).toBe(5400);
  expect(secondsOf({ amount: "2", unit: "d" })).toBe(172_800);
  for (const amount of ["", " ", "x", "-1"]) expect(secondsOf({ amount, unit: "s" })).toBeNull();
});
