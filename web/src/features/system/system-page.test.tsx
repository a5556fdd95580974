import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import system from "../../../../contract/examples/getSystemMetrics.json";
import { fakeNetwork, fillWorld, renderFleet } from "../../test/render-fleet";
import { SystemPage } from "./system-page";

const region = async (name: string) => within(await screen.findByRole("region", { name }));

it("the system page tells what the process takes, what waits, and what was asked of each cluster", async () => {
  fakeNetwork({ "GET /api/system-metrics/current": { body: system } });
  fillWorld();
  renderFleet(<SystemPage />);
  const process = await region("This process");
  for (const text of ["38 MiB", "0.4 %", "3 days", "226 MiB"]) expect(process.getByText(text)).toBeTruthy();
  expect((await region("Database")).getByText("SQLite")).toBeTruthy();
  expect((await region("History")).getByText("3,836,160")).toBeTruthy();
  expect((await region("Load we cause")).getByRole("link", { name: "oslo" }).getAttribute("href")).toBe("/clusters/1");
  const damages = await region("Damaged history");
  expect(damages.getByText("web-1")).toBeTruthy();
  expect(damages.getByText("wrong checksum")).toBeTruthy();
  expect((await region("When Monitorix was away")).getByText(/5 min/)).toBeTruthy();
});

it("says when nothing is stored and what was lost, and nothing of damage where there is none", async () => {
  const body = {
    ...system,
    database: { ...system.database, storing: false, not_stored_since: "2026-11-20T11:58:00.000Z", size_bytes: null },
    history: { ...system.history, lost_rows_total: 12, chunk_errors_total: 0, chunk_errors: [] },
    away: [],
  };
  fakeNetwork({ "GET /api/system-metrics/current": { body } });
  fillWorld();
  renderFleet(<SystemPage />);
  expect((await screen.findByRole("alert")).textContent).toMatch(/Nothing is being stored/);
  expect(screen.getByText(/Some samples were lost/)).toBeTruthy();
  expect((await region("Database")).getByText("–")).toBeTruthy();
  expect(screen.queryByText("Damaged history")).toBeNull();
  expect(screen.queryByText("When Monitorix was away")).toBeNull();
});
