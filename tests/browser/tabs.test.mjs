// Two tabs of one browser over plain HTTP beyond this machine: a page there has no Web Locks, and still neither may
// end the other's session by renewing it at the same moment: the tabs take turns by a lease that a slow machine may
// break, and the server forgives a token used twice within 20 s.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { furnish, openBrowser, openHouse, signIn } from "./house.mjs";

let house, browser, origin;
before(async () => {
  house = await openHouse({ server: ["--insecure-http"] });
  await furnish(house);
  // A name that is not loopback to the browser, so that it is no secure context.
  browser = await openBrowser({ flags: ["--host-resolver-rules=MAP monitorix.test 127.0.0.1"] });
  origin = house.origin.replace("127.0.0.1", "monitorix.test");
  await signIn(browser.page, origin);
});
after(async () => {
  await browser?.close();
  await house?.close();
});

test("the page warns of plain HTTP, and has no locks there", async () => {
  const { page } = browser;
  await page.getByRole("note").getByText(/HTTP/).first().waitFor();
  assert.equal(await page.evaluate(() => isSecureContext || "locks" in navigator), false);
});

test("four tabs that renew the session at once all stay signed in, again and again", async () => {
  const { context } = browser;
  const tabs = await Promise.all(Array.from({ length: 4 }, () => context.newPage()));
  const outcomes = [];
  for (const tab of tabs)
    tab.on("response", (response) => { if (response.url().endsWith("/api/auth/refresh")) outcomes.push(response.status()); });
  for (let round = 0; round < 4; round += 1) {
    await Promise.all(tabs.map(async (tab) => {
      await tab.goto(`${origin}/nodes`);
      await tab.getByRole("link", { name: new RegExp(`^${house.endpoints[0].node}`) }).waitFor();
    }));
  }
  assert.deepEqual(new Set(outcomes), new Set([200]));
  assert.equal(outcomes.length, 16);
});
