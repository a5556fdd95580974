import { act, fireEvent, screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { useSession } from "../../../api/session";
import type { Service } from "../../../fleet/nouns";
import { setPhase } from "../../../live/status";
import { exampleServices, fakeNetwork, fillWorld, renderFleet } from "../../../test/render-fleet";
import { ServicesPage } from "./services-page";

const names = (): string[] =>
  screen
    .getAllByRole("row")
    .slice(1)
    .map((row) => within(row).getAllByRole("gridcell")[1]?.firstChild?.textContent ?? "");
const rowOf = (name: string | RegExp) => screen.getByRole("row", { name });
const [first] = exampleServices as [Service];
const of = (id: string, part: Partial<Service>): Service => ({ ...first, ...part, id });

beforeEach(() => {
  fakeNetwork({});
  fillWorld();
});

describe("the list of services", () => {
  it("shows the worst first", () => {
    fillWorld({
      services: [of("a", { name: "Fine" }), of("b", { name: "Broken", status: "down" }), of("c", { name: "Slow", status: "warning" })],
    });
    renderFleet(<ServicesPage />);
    expect(names()).toEqual(["Broken", "Slow", "Fine"]);
  });
  it("never rounds an uptime up, and says how much is known where that is not all", () => {
    const share = { uptime_percent: 99.9996, coverage_ratio: 0.79166 };
    fillWorld({ services: [of("a", { uptime_day: share })] });
    renderFleet(<ServicesPage />);
    const row = rowOf(/Shop/);
    expect(row.textContent).toContain("99.99\u00a0%");
    expect(row.textContent).toContain("79\u00a0% known");
    expect(within(row).getByTitle("79.1 % of the time is known")).toBeTruthy();
  });
  it("says an en dash for an uptime of which nothing is known", () => {
    const nothing = { uptime_percent: null, coverage_ratio: null };
    fillWorld({ services: [of("a", { uptime_day: nothing, uptime_month: nothing, uptime_quarter: nothing, response_time: null })] });
    renderFleet(<ServicesPage />);
    expect(within(rowOf(/Shop/)).getAllByText("–").length).toBeGreaterThanOrEqual(4);
  });
  it("tells the bar in words", () => {
    const heartbeat = { ...first.heartbeat, cells: `${"u".repeat(80)}dddnnwwwww`, shares: "9".repeat(90) };
    fillWorld({ services: [of("a", { heartbeat })] });
    renderFleet(<ServicesPage />);
    expect(
      screen.getByRole("img", { name: "Last 24 hours: Down in 3 of 90 cells, Unknown in 2 of 90 cells, Warning in 5 of 90 cells" }),
    ).toBeTruthy();
  });
  it("finds by tokens, and keeps them in the address", async () => {
    const { router } = renderFleet(<ServicesPage />);
    fireEvent.change(screen.getByRole("combobox", { name: "Search services" }), { target: { value: "type:https" } });
    expect(await screen.findByText(new RegExp(`of ${exampleServices.length}$`))).toBeTruthy();
    expect(names().length).toBe(exampleServices.filter((one) => one.type === "https").length);
    expect(router.state.location.search).toBe("?q=type%3Ahttps");
  });
  it("groups by tag, a service under each of its tags", () => {
    fillWorld({ services: [of("a", { name: "One", tags: ["x", "y"] }), of("b", { name: "Two", tags: [], status: "down" })] });
    renderFleet(<ServicesPage />, "/?by=tag");
    const rows = screen.getAllByRole("row").slice(1);
    expect(rows.map((row) => row.textContent?.slice(0, 9))).toEqual([
      "x 1 servi",
      expect.stringMatching(/^Up/),
      "y 1 servi",
      expect.stringMatching(/^Up/),
      "Without a",
      expect.stringMatching(/^Down/),
    ]);
    expect(rows[4]?.textContent).toContain("1 down");
  });
  it("groups by guest, with the guest's page behind its name", () => {
    fillWorld({ services: [of("a", { vm_id: "101" })] });
    renderFleet(<ServicesPage />, "/?by=guest");
    expect(screen.getByRole("link", { name: "web-00006" }).getAttribute("href")).toBe("/vms/101");
  });
  it("opens with Enter what j and k chose", () => {
    const { router } = renderFleet(<ServicesPage />);
    for (const key of ["j", "j", "k", "Enter"]) fireEvent.keyDown(document.body, { key });
    expect(router.state.location.pathname).toMatch(/^\/services\/\d+$/);
  });
  it("redraws a service in its place when it changes", () => {
    renderFleet(<ServicesPage />);
    const before = names();
    act(() => fillWorld({ services: exampleServices.map((one) => (one.id === "1" ? { ...one, response_time: 777 } : one)) }));
    expect(rowOf(/Shop/).textContent).toContain("777 ms");
    expect(names()).toEqual(before);
  });
  it("keeps five thousand services in a few dozen rows of the document", () => {
    fillWorld({ services: Array.from({ length: 5000 }, (_, i) => of(`s${i}`, { name: `service ${i}` })) });
    renderFleet(<ServicesPage />);
    expect(screen.getByText("5,000 of 5,000")).toBeTruthy();
    expect(screen.getAllByRole("row").length).toBeLessThan(60);
    expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("5001");
  });
  it("puts the selected into maintenance, one by one", async () => {
    const sent = fakeNetwork({ "POST /api/services/b/maintenance-mode": { body: first } });
    fillWorld({ services: [of("b", { name: "Broken", status: "down" })] });
    renderFleet(<ServicesPage />);
    for (const key of ["j", "x"]) fireEvent.keyDown(document.body, { key });
    fireEvent.click(screen.getByRole("button", { name: "Start maintenance" }));
    await act(async () => undefined);
    await screen.findByRole("grid");
    expect(sent.map((one) => one.url).some((url) => url.endsWith("/maintenance-mode?maintenance_mode=true"))).toBe(true);
  });
  it("says why it is empty, and offers the button only to who may add", () => {
    fillWorld({ services: [] });
    renderFleet(<ServicesPage />);
    expect(screen.getByRole("heading", { name: "No service is watched yet" })).toBeTruthy();
    expect(screen.getAllByRole("link", { name: "Add a service" })).toHaveLength(2);
  });
  it("offers a viewer nothing that would be refused", () => {
    const { me } = useSession.getState();
    fillWorld({ services: [] });
    if (me) useSession.setState({ me: { ...me, role: "viewer" } });
    renderFleet(<ServicesPage />);
    expect(screen.queryByRole("link", { name: "Add a service" })).toBeNull();
    expect(screen.getByText(/Somebody with the role editor/)).toBeTruthy();
  });
  it("says so when one may not see them", () => {
    setPhase("services", "forbidden");
    renderFleet(<ServicesPage />);
    expect(screen.getByRole("heading", { name: "You may not see this" })).toBeTruthy();
  });
});
