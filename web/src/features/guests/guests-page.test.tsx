import { act, fireEvent, screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import type { Vm } from "../../fleet/nouns";
import { exampleVms, fakeNetwork, fillWorld, renderFleet } from "../../test/render-fleet";
import { GuestsPage } from "./guests-page";

const rows = (): string[] =>
  screen
    .getAllByRole("row")
    .slice(1)
    .map((row) => within(row).getAllByRole("gridcell")[1]?.textContent ?? "");

const many = (count: number): Vm[] =>
  Array.from(
    { length: count },
    (_, i) => ({ ...exampleVms[0], id: `g${i}`, vmid: 1000 + i, name: `guest-${String(i).padStart(5, "0")}` }) as Vm,
  );

beforeEach(() => {
  fakeNetwork({ "GET /api/metrics/series": { body: { from_ms: 0, to_ms: 1, step_ms: 1, series: [], marks: [] } } });
  fillWorld();
});

describe("the guest list", () => {
  it("shows what is known, and an en dash for what is not", () => {
    renderFleet(<GuestsPage />);
    const stopped = screen.getByRole("row", { name: /cache-00000/ });
    expect(within(stopped).getByText("Stopped")).toBeTruthy();
    expect(within(stopped).getAllByText("–").length).toBeGreaterThanOrEqual(3);
    expect(within(screen.getByRole("row", { name: /build-00012/ })).getByText("Unknown")).toBeTruthy();
  });
  it("finds by tokens, and keeps them in the address", async () => {
    const { router } = renderFleet(<GuestsPage />);
    fireEvent.change(screen.getByRole("combobox", { name: "Search guests" }), { target: { value: "cluster:oslo type:lxc" } });
    await screen.findByText("2 of 12");
    expect(rows()).toEqual(["db-00001", "dns-00002"]);
    expect(router.state.location.search).toBe("?q=cluster%3Aoslo+type%3Alxc");
  });
  it("opens with the search and the sorting of the address", () => {
    renderFleet(<GuestsPage />, "/?q=status%3Arunning&sort=-cpu");
    expect(rows()[0]).toBe("git-03914");
    expect(screen.getByRole("columnheader", { name: /CPU/ }).getAttribute("aria-sort")).toBe("descending");
  });
  it("offers what exists while one types, and takes it with Enter", () => {
    renderFleet(<GuestsPage />);
    const box = screen.getByRole("combobox", { name: "Search guests" });
    fireEvent.focus(box);
    fireEvent.change(box, { target: { value: "tag:d" } });
    expect(screen.getAllByRole("option").map((option) => option.textContent)).toEqual(["tag:db", "tag:dev", "tag:prod"]);
    fireEvent.keyDown(box, { key: "ArrowDown" });
    fireEvent.keyDown(box, { key: "Enter" });
    expect((box as HTMLInputElement).value).toBe("tag:db ");
  });
  it("moves with j and k, selects with x, opens with Enter", () => {
    const { router } = renderFleet(<GuestsPage />);
    for (const key of ["j", "j", "k", "x"]) fireEvent.keyDown(document.body, { key });
    expect(screen.getAllByRole("row")[1]?.getAttribute("aria-selected")).toBe("true");
    expect(screen.getByText(/1 selected/)).toBeTruthy();
    fireEvent.keyDown(document.body, { key: "Enter" });
    expect(router.state.location.pathname).toMatch(/^\/vms\/\d+$/);
  });
  it("redraws a guest in its place when it changes", () => {
    renderFleet(<GuestsPage />);
    const before = rows();
    act(() => fillWorld({ vms: exampleVms.map((vm) => (vm.id === "101" ? { ...vm, status: "paused" as const } : vm)) }));
    expect(within(screen.getByRole("row", { name: /web-00006/ })).getByText("Paused")).toBeTruthy();
    expect(rows()).toEqual(before);
  });
  it("keeps ten thousand guests in a few dozen rows of the document", () => {
    fillWorld({ vms: many(10_000) });
    renderFleet(<GuestsPage />);
    expect(screen.getByText("10,000 of 10,000")).toBeTruthy();
    expect(screen.getAllByRole("row").length).toBeLessThan(60);
    expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("10001");
  });
  it("says so when nothing fits, with a way back", () => {
    renderFleet(<GuestsPage />, "/?q=nosuchguest");
    fireEvent.click(screen.getByRole("button", { name: "Clear the search" }));
    expect(screen.getByRole("grid")).toBeTruthy();
  });
});
