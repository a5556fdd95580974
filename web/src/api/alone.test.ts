import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { alone, withLease } from "./alone";

const KEY = "monitorix-refresh-lease";

beforeEach(() => localStorage.clear());
afterEach(() => vi.useRealTimers());

/** A deed that notes how many are underway at once. */
function counted() {
  const seen = { now: 0, most: 0, done: 0 };
  const deed = async () => {
    seen.now += 1;
    seen.most = Math.max(seen.most, seen.now);
    await new Promise((done) => setTimeout(done, 20));
    seen.now -= 1;
    seen.done += 1;
    return seen.done;
  };
  return { seen, deed };
}

describe("the lease that stands in for Web Locks", () => {
  it("lets several tabs do it one after the other, never two at once", async () => {
    const { seen, deed } = counted();
    await Promise.all(Array.from({ length: 4 }, () => withLease(deed)));
    expect(seen).toEqual({ now: 0, most: 1, done: 4 });
    expect(localStorage.getItem(KEY)).toBeNull();
  });

  it("is what alone() uses where the page has no locks", async () => {
    expect((navigator as Partial<Navigator>).locks).toBeUndefined();
    await alone(async () => expect(localStorage.getItem(KEY)).toContain("holder"));
    expect(localStorage.getItem(KEY)).toBeNull();
  });

  it("gives way when another tab's name is the one that stayed", async () => {
    const order: string[] = [];
    const mine = withLease(async () => order.push("mine"));
    // Written by a tab that saw no lease yet, within the time writes need to settle.
    localStorage.setItem(KEY, JSON.stringify({ holder: "other", until: Date.now() + 300 }));
    setTimeout(() => {
      order.push("other ends");
      localStorage.removeItem(KEY);
    }, 150);
    await mine;
    expect(order).toEqual(["other ends", "mine"]);
  });

  it("passes on from a tab that died, and from a clock that was set back", async () => {
    for (const until of [Date.now() + 120, Date.now() + 86_400_000]) {
      localStorage.setItem(KEY, JSON.stringify({ holder: "dead", until }));
      expect(await withLease(async () => "done")).toBe("done");
    }
  });

  it("is given back when the deed fails", async () => {
    await expect(withLease(() => Promise.reject(new Error("no line")))).rejects.toThrow("no line");
    expect(localStorage.getItem(KEY)).toBeNull();
  });

  it("hinders nobody whose browser stores nothing", async () => {
    const refusing = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    expect(await withLease(async () => "done")).toBe("done");
    refusing.mockRestore();
  });
});
