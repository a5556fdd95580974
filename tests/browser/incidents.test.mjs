// An outage as an administrator meets it: calm, then a node that dies with its guests as one incident, taken, noted,
// followed to its end, and found again in the history. In light, dark and at phone width.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ask, furnish, openBrowser, openHouse, signIn, until } from "./house.mjs";
import { look } from "./look.mjs";

test("a node that dies is one incident, from its beginning to its end", async () => {
  const house = await openHouse();
  const browser = await openBrowser();
  const { page } = browser;
  try {
    const token = await furnish(house);
    const { cluster, node: own } = house.clusters[0];
    const victim = house.endpoints.find((one) => one.cluster === cluster && one.node !== own).node;
    await until("guests run", 60_000, async () => (await ask(house, "GET", "/api/vms?status=running", { token })).length > 0);
    await signIn(page, house.origin);
    await page.getByRole("link", { name: "Incidents", exact: true }).click();
    // What the simulated fleet has on its own is ended, so that the page is calm.
    const open = async () => (await ask(house, "GET", "/api/incidents?state=open&state=acknowledged", { token })).items;
    for (const one of await open()) await ask(house, "POST", `/api/incidents/${one.id}/resolve`, { token });
    await page.getByRole("heading", { name: "Nothing is wrong" }).waitFor({ timeout: 20_000 });
    await look(page, "calm");
    // An idle page asks nothing, and what breaks comes to it.
    const asked = [];
    page.on("request", (request) => new URL(request.url()).pathname.startsWith("/api/") && asked.push(request.url()));
    await sleep(10_000);
    assert.deepEqual(asked, []);

    await house.order(`/node/${cluster}/${victim}/kill`);
    const title = `Node is offline: ${victim}`;
    const row = page.getByRole("listitem").filter({ has: page.getByRole("link", { name: title }) });
    await row.waitFor({ timeout: 120_000 });
    await page.waitForFunction(() => /^\(\d+\) /.test(document.title), undefined, { timeout: 20_000 });
    assert.deepEqual(asked, []);
    await look(page, "incidents");
    await row.getByRole("button", { name: "I have it" }).click();
    await row.getByText("admin has it").waitFor({ timeout: 10_000 });

    await row.getByRole("link", { name: title }).click();
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
    await page.getByRole("list", { name: "Cause and what hangs on it" }).getByRole("link", { name: victim }).waitFor();
    await page.getByLabel("Note", { exact: true }).fill("Somebody pulled the plug");
    await page.getByRole("button", { name: "Add the note" }).click();
    await page.getByRole("list", { name: "Timeline" }).getByText("Somebody pulled the plug").waitFor({ timeout: 10_000 });
    await look(page, "incident");
    // Its page asks when something happened to it, and not otherwise.
    const id = new URL(page.url()).pathname.split("/").at(-1);
    const updated = async () => (await ask(house, "GET", `/api/incidents/${id}`, { token })).updated_at;
    await until("nothing happens for a while, and nothing is asked", 60_000, async () => {
      const before = await updated();
      await sleep(1500); // what was asked for because of the last change has come
      asked.length = 0;
      await sleep(5000);
      return (await updated()) === before && asked.length === 0;
    });
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save as a file" }).click();
    assert.match(readFileSync(await (await saved).path(), "utf8"), /Somebody pulled the plug/);

    await house.order(`/node/${cluster}/${victim}/revive`);
    await page.getByText("Over since").waitFor({ timeout: 120_000 });
    await page.getByRole("link", { name: "Alert history" }).click();
    await page.getByRole("row", { name: new RegExp(victim) }).first().waitFor();
    await look(page, "history");
    await page.getByRole("link", { name: "Rules", exact: true }).click();
    const use = page.getByRole("checkbox", { name: "Use Node is offline" });
    await use.click();
    await until("the rule is out of use", 10_000, async () =>
      (await ask(house, "GET", "/api/alert-rules?limit=1000", { token })).some((one) => one.key === "node_down" && !one.is_active));
    await look(page, "rules");
    assert.deepEqual(browser.faults, []);
  } finally {
    await browser.close();
    await house.close();
  }
});
