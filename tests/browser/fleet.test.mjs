// The fleet's pages with a live simulator behind them, on both engines.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ask, ENGINES, furnish, openBrowser, openHouse, signIn } from "./house.mjs";

for (const engine of ENGINES) {
  describe(`the fleet on ${engine}`, () => {
    let house, browser, token;
    before(async () => {
      house = await openHouse({ engine });
      token = await furnish(house);
      browser = await openBrowser();
      await signIn(browser.page, house.origin);
    });
    after(async () => {
      await browser?.close();
      await house?.close();
    });

    test("a guest that stops is on the open page within one poll and a second, without reload", async () => {
      const { page } = browser;
      const running = (await ask(house, "GET", "/api/vms?status=running&template=false&limit=100", { token }))[0];
      await page.goto(`${house.origin}/vms/${running.id}`);
      await page.getByText("Running", { exact: true }).first().waitFor();
      await house.order(`/guest/${house.endpoints[0].cluster}/${running.vmid}/stop`);
      const begun = Date.now();
      await page.getByText(/^Stopped/).first().waitFor({ timeout: 13_000 });
      assert.ok(Date.now() - begun < 12_500, `took ${Date.now() - begun} ms`);
    });

    test("every guest has its node in the list, which fills the page down to its end", async () => {
      const { page } = browser;
      await page.goto(`${house.origin}/vms`);
      const rows = page.locator('[role="row"][id^="guest-"]');
      await rows.first().waitFor();
      const names = new Set(house.endpoints.map(({ node }) => node));
      for (const cells of await rows.locator('[role="gridcell"]:nth-child(4)').allInnerTexts()) assert.ok(names.has(cells), cells);
      const [main, grid] = await page.evaluate(() => ["main", '[role="grid"]'].map((what) => document.querySelector(what).getBoundingClientRect().bottom));
      assert.ok(main >= 890 && main - grid <= 24, `main ends at ${main}, the list at ${grid}`);
    });

    test("a line that is cut shows the age of what one sees, and comes back by itself", async () => {
      const { page } = browser;
      const node = page.getByRole("link", { name: new RegExp(`^${house.endpoints[0].node}`) });
      await page.goto(`${house.origin}/nodes`);
      await node.waitFor();
      await page.getByText("Live", { exact: true }).waitFor();
      await house.stopServer();
      await page.getByRole("button", { name: /^Offline/ }).waitFor();
      await page.getByRole("button", { name: /\d+ s old/ }).waitFor({ timeout: 10_000 });
      await node.waitFor();
      await house.startServer();
      await page.getByText("Live", { exact: true }).waitFor({ timeout: 20_000 });
      await node.waitFor();
    });

    test("what a person sets is there after the server came back", async () => {
      const { page } = browser;
      await page.goto(`${house.origin}/settings/profile`);
      await page.getByLabel("Theme").selectOption("dark");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
      await house.stopServer();
      await house.startServer();
      await page.reload();
      await page.getByRole("heading", { level: 1, name: "Profile" }).waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
    });

    test("nothing was blocked by the content security policy and no script failed", () => {
      assert.deepEqual(browser.faults, []);
    });
  });
}
