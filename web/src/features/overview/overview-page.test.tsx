import { fireEvent, screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import top from "../../../../contract/examples/getDashboardTop.json";
import series from "../../../../contract/examples/getSeries.json";
import type { Service } from "../../fleet/nouns";
import { exampleClusters, exampleNodes, exampleServices, fakeNetwork, fillWorld, renderFleet } from "../../test/render-fleet";
import { OverviewPage } from "./overview-page";

beforeEach(() => {
  fakeNetwork({ "GET /api/metrics/series": { body: { ...series, series: [] } } });
  fillWorld({ services: [] });
});

describe("the overview", () => {
  it("says in words what needs attention, with a way there", () => {
    renderFleet(<OverviewPage />);
    const panel = screen.getByRole("region", { name: "Needs attention" });
    expect(within(panel).getByRole("link", { name: "pve12" }).getAttribute("href")).toBe("/nodes/12");
    expect(within(panel).getByText(/other members of the cluster cannot reach it/)).toBeTruthy();
    expect(within(panel).getByText(/No quorum/)).toBeTruthy();
    expect(within(panel).getByText(/Token refused/)).toBeTruthy();
    expect(screen.getByRole("link", { name: /Needs attention 5 3 critical/ })).toBeTruthy();
  });
  it("counts nodes and guests, and names what is not up", () => {
    renderFleet(<OverviewPage />);
    expect(screen.getByRole("link", { name: /Nodes up 4 \/ 6 not up: lab1, pve12/ })).toBeTruthy();
    expect(screen.getByRole("link", { name: /Guests running 8 1 stopped · 2 not known/ })).toBeTruthy();
  });
  it("counts services with their last day, and names the one that is down", () => {
    const [first] = exampleServices as [Service];
    const of = (id: string, part: Partial<Service>) => ({ ...first, ...part, id });
    const day = (uptime_percent: number | null) => ({ uptime_percent, coverage_ratio: 1 });
    fillWorld({
      services: [
        of("a", { uptime_day: day(100) }),
        of("b", { name: "Mail relay", status: "down", uptime_day: day(88) }),
        of("c", { status: "unknown", uptime_day: day(null) }),
        of("d", { status: "paused", uptime_day: day(0) }),
      ],
    });
    renderFleet(<OverviewPage />);
    const card = screen.getByRole("link", { name: /Services up/ });
    expect(card.textContent).toBe("Services up1 / 3 1 down1 not known · 94.00\u00a0% over 24 hours");
    const panel = screen.getByRole("region", { name: "Needs attention" });
    expect(within(panel).getByRole("link", { name: "Mail relay" }).getAttribute("href")).toBe("/services/b");
  });
  it("shows a tile per node below its cluster, and a word instead of a number that is not known", () => {
    renderFleet(<OverviewPage />);
    const tiles = screen.getByRole("list", { name: "bergen" });
    const dead = within(tiles).getByRole("link", { name: /pve12/ });
    expect(dead.textContent).toContain("Offline");
    expect(dead.textContent).not.toMatch(/\b0 %/);
  });
  it("puts the busiest guest first", () => {
    renderFleet(<OverviewPage />);
    const panel = screen.getByRole("region", { name: "Busiest guests" });
    expect(within(panel).getAllByRole("listitem")[0]?.textContent).toContain("git-03914");
  });
  it("shows the busiest over a longer time, as the server averages them", async () => {
    const sent = fakeNetwork({ "GET /api/dashboard/top": { body: { ...top, items: top.items.slice(2, 4) } } });
    renderFleet(<OverviewPage />);
    const panel = screen.getByRole("region", { name: "Busiest guests" });
    fireEvent.change(within(panel).getByRole("combobox", { name: "Time range" }), { target: { value: "7d" } });
    expect((await within(panel).findByRole("link", { name: "mail-00005" })).getAttribute("href")).toBe("/vms/103");
    expect(within(panel).getByText(/56\.9/)).toBeTruthy();
    expect(sent.some((one) => one.url.includes("hours=168"))).toBe(true);
  });
  it("says how to begin when nothing is connected", () => {
    fillWorld({ clusters: [], nodes: [], vms: [], storages: [] });
    renderFleet(<OverviewPage />);
    expect(screen.getByText("No cluster is connected yet")).toBeTruthy();
    expect(screen.getByRole("link", { name: "Connect a cluster" }).getAttribute("href")).toBe("/clusters/connect");
  });
  it("shows the charts of a single small node instead of one tile", async () => {
    fillWorld({ clusters: exampleClusters.slice(0, 1), nodes: exampleNodes.slice(0, 1) });
    fakeNetwork({ "GET /api/metrics/series": { body: series } });
    renderFleet(<OverviewPage />);
    expect(await screen.findByRole("region", { name: "Memory" })).toBeTruthy();
    expect(screen.queryByRole("list", { name: "oslo" })).toBeNull();
  });
});
