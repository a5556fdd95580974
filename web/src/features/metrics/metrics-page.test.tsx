import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import series from "../../../../contract/examples/getSeries.json";
import names from "../../../../contract/examples/listMetricNames.json";
import { fakeNetwork, fillWorld, renderFleet } from "../../test/render-fleet";
import { MetricsPage } from "./metrics-page";

const saved: string[] = [];
beforeEach(() => {
  saved.length = 0;
  URL.createObjectURL = () => "blob:made";
  URL.revokeObjectURL = () => undefined;
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    saved.push(this.download);
  });
});

const choose = async (word: string) => {
  const button = screen.getByRole("button", { name: /Save everything/ });
  fireEvent.click(button);
  fireEvent.click(await screen.findByRole("menuitem", { name: word }, { timeout: 5000 }));
};

describe("the page of free charts", () => {
  it("saves all metrics of what is chosen over the range, in a file that is not too large", async () => {
    const answers = { "GET /api/metrics/series": { body: series }, "GET /api/metrics/names": { body: names } };
    const sent = fakeNetwork({ ...answers, "GET /api/metrics/export/csv": { body: "time" } });
    fillWorld();
    renderFleet(<MetricsPage />, "/metrics?object=vm:101&object=vm:102&range=24h", "/metrics");
    await choose("As a table (CSV)");
    await waitFor(() => expect(saved).toEqual(["monitorix.csv"]));
    const query = new URL(sent.find((one) => one.what === "GET /api/metrics/export/csv")?.url ?? "").searchParams;
    expect(query.getAll("object")).toEqual(["vm:101", "vm:102"]);
    expect(query.has("metric")).toBe(false);
    expect(Date.parse(query.get("to") ?? "") - Date.parse(query.get("from") ?? "")).toBe(86_400_000);
    expect(Number(query.get("points")) * 2 * 20).toBeLessThanOrEqual(250_000);
  });
  it("says why there is no file", async () => {
    const problem = { code: "validation_failed", detail: "a file holds at most 250,000 points", status: 422 };
    const answers = { "GET /api/metrics/series": { body: series }, "GET /api/metrics/names": { body: names } };
    fakeNetwork({ ...answers, "GET /api/metrics/export/json": { status: 422, body: problem } });
    fillWorld();
    renderFleet(<MetricsPage />, "/metrics?object=vm:101", "/metrics");
    await choose("As JSON");
    expect((await screen.findByRole("alert")).textContent).toContain("at most 250,000 points");
    expect(saved).toEqual([]);
  });
});
