import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import forecast from "../../../../contract/examples/getForecast.json";
import series from "../../../../contract/examples/getSeries.json";
import { exampleStorages, fakeNetwork, fillWorld, renderFleet } from "../../test/render-fleet";
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
  it("draw the week of all rows from one question, as shares of their sizes", async () => {
    const total = exampleStorages.find((one) => one.id === "1")?.total_bytes ?? 0;
    const points = [0.25, 0.5, 1].map((share, i) => [i, share * total, 0, 0]);
    const one = { object: "storage:1", metric: "used_bytes", unit: "bytes", origin: "live", columns: ["t", "avg", "min", "max"], points };
    const sent = fakeNetwork({ "GET /api/metrics/series": { body: { ...series, series: [one] } } });
    fillWorld();
    const { container } = renderFleet(<StoragesPage />);
    await waitFor(() => expect(container.querySelector('path[d^="M0.0"]')?.getAttribute("d")).toBe("M0.0 14.5L45.0 10.0L90.0 1.0"));
    expect(container.querySelectorAll('td svg[preserveAspectRatio="none"]')).toHaveLength(exampleStorages.length);
    expect(sent.filter((asked) => asked.what === "GET /api/metrics/series")).toHaveLength(1);
    expect(new URL(sent[0]?.url ?? "").searchParams.getAll("object")).toHaveLength(exampleStorages.length);
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
