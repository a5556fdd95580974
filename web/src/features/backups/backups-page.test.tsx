import { fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import summary from "../../../../contract/examples/getBackupSummary.json";
import coverage from "../../../../contract/examples/listBackupCoverage.json";
import jobs from "../../../../contract/examples/listBackupJobs.json";
import servers from "../../../../contract/examples/listBackupServers.json";
import runs from "../../../../contract/examples/listBackups.json";
import datastores from "../../../../contract/examples/listDatastores.json";
import orphans from "../../../../contract/examples/listOrphans.json";
import { fakeNetwork, fillWorld, renderFleet } from "../../test/render-fleet";
import { BackupsPage } from "./backups-page";

const ANSWERS = {
  "GET /api/backups": { body: runs },
  "GET /api/backups/coverage": { body: coverage },
  "GET /api/backups/jobs": { body: jobs },
  "GET /api/backups/summary": { body: summary },
  "GET /api/backups/datastores": { body: datastores },
  "GET /api/backups/orphans": { body: orphans },
  "GET /api/backup-servers": { body: servers },
};
const NO_SERVERS = { items: [], next_cursor: null, total: null };
const guests = () => screen.findByRole("table", { name: "Guests and their backups" });

describe("backups", () => {
  it("say what is not safe first, and why", async () => {
    fakeNetwork(ANSWERS);
    fillWorld();
    renderFleet(<BackupsPage />);
    const rows = within(await guests()).getAllByRole("row");
    expect(rows[1]?.textContent).toMatch(/Failed.*the last backup failed: VM quit/);
    expect(rows.at(-1)?.textContent).toMatch(/Disk left out.*1 disk is in no backup/);
    expect(screen.getByText("3 guests are not safely backed up")).toBeTruthy();
    expect((await screen.findByRole("table", { name: "Backup jobs" })).textContent).toContain("backup-nightly");
  });
  it("are found by state and by name", async () => {
    fakeNetwork(ANSWERS);
    fillWorld();
    renderFleet(<BackupsPage />);
    await guests();
    fireEvent.click(screen.getByRole("button", { name: /No job/ }));
    expect(within(await guests()).getAllByRole("row")).toHaveLength(2);
    fireEvent.change(screen.getByRole("searchbox"), { target: { value: "no such guest" } });
    expect(await screen.findByText("No guest fits this search")).toBeTruthy();
  });
  it("name the missing right and its price when the token may not read them", async () => {
    const denied = { ...summary, clusters: [{ cluster_id: "1", jobs: "denied", tasks: "denied" }] };
    fakeNetwork({ ...ANSWERS, "GET /api/backups/summary": { body: denied } });
    fillWorld();
    renderFleet(<BackupsPage />);
    expect(await screen.findByText(/the token lacks Sys.Audit on \/\..*change nothing/)).toBeTruthy();
    expect(screen.getByText(/the token lacks Sys.Audit on \/nodes/)).toBeTruthy();
  });
  it("show datastores that fill, what was damaged, and backups that no guest is left for", async () => {
    fakeNetwork(ANSWERS);
    fillWorld();
    renderFleet(<BackupsPage />);
    const stores = within(await screen.findByRole("table", { name: "Datastores" })).getAllByRole("row");
    expect(stores[1]?.textContent).toMatch(/main.*71.*Full in about 69 days.*16.*1 damaged/);
    expect(stores[2]?.textContent).toMatch(/offsite.*It does not grow/);
    expect((await screen.findByRole("table", { name: "Backups without a guest" })).textContent).toMatch(/old-shop900oslomain\/site\/oslo/);
    expect((await screen.findByRole("table", { name: "Last runs" })).textContent).toContain("Verified");
    expect(screen.getAllByRole("link", { name: "vault-1" })[0]?.getAttribute("href")).toBe("/backup-servers/9");
  });
  it("say how to get there when no backup server is connected", async () => {
    fakeNetwork({ ...ANSWERS, "GET /api/backup-servers": { body: NO_SERVERS } });
    fillWorld();
    renderFleet(<BackupsPage />);
    expect(await screen.findByText(/No Proxmox Backup Server is connected/)).toBeTruthy();
    expect(screen.queryByRole("table", { name: "Datastores" })).toBeNull();
  });
  it("begin with a word when no guest is known", async () => {
    fakeNetwork({ ...ANSWERS, "GET /api/backups/coverage": { body: { items: [], next_cursor: null, total: null } } });
    fillWorld({ storages: [] });
    renderFleet(<BackupsPage />);
    expect(await screen.findByText("No guests yet")).toBeTruthy();
  });
});
