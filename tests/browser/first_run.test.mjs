// A stranger's first five minutes: the account, the certificate, the token, and the fleet live on the screen.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { awaitText, ENGINES, openBrowser, openHouse, PASSWORD } from "./house.mjs";

for (const engine of ENGINES) {
  describe(`first run on ${engine}`, () => {
    let house, browser;
    before(async () => {
      house = await openHouse({ engine });
      browser = await openBrowser();
    });
    after(async () => {
      await browser?.close();
      await house?.close();
    });

    test("a stranger makes the first account and sees a cluster live", async () => {
      const { page } = browser;
      await page.goto(`${house.origin}/setup?token=${house.setupToken()}`);
      await page.getByLabel("User name").fill("kari");
      await page.getByLabel("E-mail").fill("kari@example.org");
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Create account" }).click();

      await page.getByRole("heading", { name: "Connect a cluster" }).waitFor();
      const [first] = house.endpoints;
      await page.getByLabel("Address of one node").fill("127.0.0.1:1");
      await page.getByRole("button", { name: "Look at its certificate" }).click();
      await page.getByText("No certificate came from this address.").waitFor();
      await page.getByLabel("Address of one node").fill(new URL(first.url).host);
      await page.getByRole("button", { name: "Look at its certificate" }).click();
      await page.getByText(first.fingerprint, { exact: true }).waitFor();
      await page.getByRole("button", { name: "They are equal" }).click();
      await page.getByLabel("API token").fill(first.token);
      await page.getByLabel("Name for this connection").fill("home");
      await page.getByRole("button", { name: "Check the connection" }).click();
      const save = page.getByRole("button", { name: "Save the connection" });
      await save.waitFor();
      assert.ok(await save.evaluate((button) => button.getBoundingClientRect().top < innerHeight), "what the doctor found is in view");
      await save.click();

      await page.getByRole("heading", { name: "home" }).waitFor();
      await page.goto(`${house.origin}/dashboard`);
      for (const { node } of house.endpoints) await awaitText(page, node);
    });

    test("nothing was blocked by the content security policy and no script failed", () => {
      assert.deepEqual(browser.faults, []);
    });

    test("the browser keeps no token where a script of tomorrow could find it", async () => {
      const kept = await browser.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie);
      assert.doesNotMatch(kept, /eyJ|mx_rt/);
    });
  });
}
