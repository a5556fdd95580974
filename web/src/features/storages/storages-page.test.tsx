import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import forecast from "../../../../contract/examples/getForecast.json";
import series from "../../../../contract/examples/getSeries.json";
import { fakeNetwork, fillWorld, renderFleet } from "../../test/render-fleet";
import { StoragePage } from "./storage-page";
import { StoragesPage } from "./storages-page";

describe("storages", () => {
  it("come fullest first, shared ones once, the unknown last and never as zero", () => {
    fakeNetwork({});
    fillWorld();
    renderFleet(<StoragesPage />);
    const rows = screen.getAllByRole("row").slice(1);
    expect(rows[0]?.textContent).toMatch(/Filling up.*ceph-vm.*3 nodes/);
    expect(rows.at(-1)?.textContent).toMatch(/Unknown.*nfs-backup/);
    expect(within(rows.at(-1) as HTMLElement).getAllByText("–")).toHaveLength(3);
  });
  it("say on their own page what to do when little room is left", async () => {
    fakeNetwork({ "GET /api/metrics/series": { body: { ...series, series: [] } } });
    fillWorld();
    renderFleet(<StoragePage />, "/storages/1", "/storages/:id");
    expect(screen.getByText(/Little room is left/)).toBeTruthy();
    expect(await screen.findByText(/No points yet/)).toBeTruthy();
    expect(screen.getByRole("link", { name: "pve2" }).getAttribute("href")).toBe("/nodes/2");
  });
  it("say when they are full, and why not when nobody can", async () => {
    const answers = { "GET /api/metrics/series": { body: { ...series, series: [] } } };
    fakeNetwork({ ...answers, "GET /api/metrics/forecast": { body: forecast } });
    fillWorld();
    renderFleet(<StoragePage />, "/storages/1", "/storages/:id");
    const panel = await screen.findByRole("region", { name: "Forecast" });
    expect((await within(panel).findByText(/Full in about 41 days/)).parentElement?.textContent).toMatch(/\(32–60 days\)/);
    expect(within(panel).getByText(/From the values of 90 days\. The range holds with a probability of 80/)).toBeTruthy();
    const unknown = {
      ...forecast,
      days_left: null,
      low_days: null,
      high_days: null,
      full_at: null,
      basis_days: 3,
      reason: "too_little_data",
    };
    fakeNetwork({ ...answers, "GET /api/metrics/forecast": { body: unknown } });
    renderFleet(<StoragePage />, "/storages/2", "/storages/:id");
    expect(await screen.findByText(/a forecast needs the values of seven days/)).toBeTruthy();
  });
  it("begin with a word when none is known", () => {
    fakeNetwork({});
    fillWorld({ storages: [] });
    renderFleet(<StoragesPage />);
    expect(screen.getByText("No storage is known yet")).toBeTruthy();
  });
});
