import { expect, it } from "vitest";
import { firstSpoken, languageOf, localeOf } from "./languages";

it("takes every code of Norwegian for bokmål", () => {
  expect(["no", "nb-NO", "nn", "NO_no"].map((wish) => languageOf(wish))).toEqual(["nb", "nb", "nb", "nb"]);
});

it("takes a regional code for its language", () => {
  expect(languageOf("de-CH")).toBe("de");
});

it("says null for what it does not speak", () => {
  expect(languageOf("ja")).toBeNull();
  expect(languageOf(null)).toBeNull();
});

it("chooses the first wish it can speak, else English", () => {
  expect(firstSpoken([null, "ja", "fi-FI", "en"])).toBe("fi");
  expect(firstSpoken(["ja"])).toBe("en");
});

it("writes numbers as the browser's region does, where that speaks the language of the page", () => {
  expect(localeOf("en", ["en-GB", "en"])).toBe("en-GB");
  expect(localeOf("nb", ["no-NO", "en-GB"])).toBe("no-NO");
  expect(localeOf("nb", ["nn-NO"])).toBe("nb");
  expect(localeOf("de", ["en-GB"])).toBe("de");
});
