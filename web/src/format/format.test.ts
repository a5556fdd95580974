import { describe, expect, it } from "vitest";
import { formatBytes, formatRate } from "./bytes";
import { formatDuration } from "./duration";
import { formatCount, formatDecimal, formatMillis, formatPercent } from "./ratio";
import { formatAgo, formatMoment, setTimeZone } from "./time";

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("sizes and rates", () => {
  it("says sizes in powers of 1024 and rates in powers of 1000", () => {
    expect(plain(formatBytes(4_509_715_660, "en"))).toBe("4.2 GiB");
    expect(plain(formatBytes(16 * 1024 ** 3, "en"))).toBe("16 GiB");
    expect(plain(formatRate(38_000_000, "en"))).toBe("38 MB/s");
    expect(plain(formatBytes(512, "en"))).toBe("512 B");
  });
  it("never says 1024 of a unit whose next one exists", () => {
    expect(plain(formatBytes(1024 ** 3 - 1, "en"))).toBe("1 GiB");
    expect(plain(formatRate(999_999, "en"))).toBe("1 MB/s");
  });
  it("uses the decimal sign of the language", () => {
    expect(plain(formatBytes(4_509_715_660, "nb"))).toBe("4,2 GiB");
    expect(plain(formatPercent(0.1234, "de"))).toBe("12,3 %");
  });
  it("says an en dash for what is not known, and zero for zero", () => {
    expect(formatBytes(null, "en")).toBe("–");
    expect(formatPercent(Number.NaN, "en")).toBe("–");
    expect(plain(formatPercent(0, "en"))).toBe("0.0 %");
    expect(plain(formatRate(0, "en"))).toBe("0 B/s");
  });
});

describe("counts", () => {
  it("groups thousands by the language", () => {
    expect(formatCount(10_000, "en")).toBe("10,000");
    expect(plain(formatCount(10_000, "sv"))).toBe("10 000");
  });
  it("drops the fraction of large numbers", () => {
    expect(formatDecimal(1.26, "en")).toBe("1.3");
    expect(formatDecimal(123.4, "en")).toBe("123");
    expect(formatMillis(0.047, "en")).toBe("0.05 ms");
    expect(formatMillis(1.26, "de")).toBe("1,3 ms");
    expect(formatMillis(0, "en")).toBe("0 ms");
    expect(formatMillis(null, "en")).toBe("–");
  });
});

describe("time", () => {
  it("says the two largest units", () => {
    expect(plain(formatDuration(11_520, "en"))).toBe("3 hr 12 min");
    expect(plain(formatDuration(86_400 * 2 + 59, "en"))).toBe("2 days");
    expect(plain(formatDuration(0, "en"))).toBe("0 sec");
    expect(plain(formatDuration(3600 * 3, "de"))).toBe("3 Std.");
  });
  it("says how long ago in words", () => {
    const now = Date.parse("2026-01-01T12:00:00Z");
    expect(formatAgo("2026-01-01T11:58:00Z", "en", now)).toBe("2 minutes ago");
    expect(formatAgo("2025-12-31T12:00:00Z", "en", now)).toBe("yesterday");
  });
  it("takes a server clock slightly ahead for now", () => {
    const now = Date.parse("2026-01-01T12:00:00Z");
    expect(formatAgo("2026-01-01T12:00:20Z", "en", now)).toBe("now");
  });
  it("says a moment in the zone the reader chose, and survives one nobody knows", () => {
    setTimeZone("Asia/Tokyo");
    expect(formatMoment("2026-01-01T20:00:00Z", "en")).toContain("Jan 2, 2026, 5:00:00");
    setTimeZone("Moon/Base");
    expect(formatMoment("2026-01-01T12:00:00Z", "en")).toContain("2026");
    setTimeZone(null);
  });
  it("says an en dash for no time and for nonsense", () => {
    expect(formatAgo(null, "en", 0)).toBe("–");
    expect(formatMoment("yesterday-ish", "en")).toBe("–");
    expect(formatMoment("2026-01-01T12:00:00Z", "en")).toContain("2026");
  });
});
