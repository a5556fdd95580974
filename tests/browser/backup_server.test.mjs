// A backup server is added with its fingerprint compared; its datastores, orphaned backups and what was verified show on
// the pages of backups and guests, at phone width and in the dark too.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, furnish, openBrowser, openHouse, signIn, until } from "./house.mjs";

test("a backup server is connected in the browser, and what it keeps shows", async () => {
  const house = await openHouse({ simulator: ["--clusters", "2", "--nodes", "1", "--guests", "12", "--pbs", "1"] });
  const browser = await openBrowser();
  try {
    const token = await furnish(house);
    const { page } = browser;
    const [vault] = house.servers;
    await signIn(page, house.origin);
    await page.goto(`${house.origin}/backups`);
    await page.getByText("No Proxmox Backup Server is connected.").waitFor();
    await page.getByRole("link", { name: "Connect a backup server" }).click();
    await page.getByLabel("Address of the backup server").fill(new URL(vault.url).host);
    await page.getByRole("button", { name: "Look at its certificate" }).click();
    await page.getByText(vault.fingerprint, { exact: true }).waitFor();
    const received = async () => (await house.counted()).backup_servers.servers[0].http_bytes_received;
    assert.equal(await received(), 0, "no token before trust");
    await page.getByRole("button", { name: "They are equal" }).click();
    await page.getByLabel("API token").fill(vault.token);
    await page.getByLabel("Name for this connection").fill("vault");
    await page.getByRole("button", { name: "Check the connection" }).click();
    await page.getByRole("button", { name: "Save the connection" }).click();
    await page.getByRole("heading", { name: "vault" }).waitFor();
    await page.getByRole("table", { name: "Datastores" }).getByText("offsite").waitFor({ timeout: 60_000 });

    await until("orphans", 120_000, async () => (await ask(house, "GET", "/api/backups/orphans", { token })).items.some((one) => one.name === "old-shop"));
    await page.goto(`${house.origin}/backups`);
    await page.getByRole("table", { name: "Backups without a guest" }).getByText("old-shop").first().waitFor();
    const stores = page.getByRole("table", { name: "Datastores" });
    await stores.getByText(/Full in about \d+ days/).waitFor();
    await stores.getByText("It does not grow.").waitFor();

    const verified = async () => (await ask(house, "GET", "/api/backups?limit=1000", { token })).items.find((one) => one.verify_state === "ok");
    await until("verified backups", 120_000, async () => (await verified()) !== undefined);
    await page.goto(`${house.origin}/vms/${(await verified()).vm_id}`);
    await page.getByRole("region", { name: "Backups" }).getByText("Verified").nth(1).waitFor();

    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: "dark" });
    await page.goto(`${house.origin}/backups`);
    await page.getByRole("table", { name: "Datastores" }).waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, "nothing is wider than a phone");
    assert.deepEqual(browser.faults, []);
  } finally {
    await browser.close();
    await house.close();
  }
});
