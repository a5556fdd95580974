// How safe the guests are: what is not, comes first; a backup that is ordered shows how it ended; what a person says of a
// guest stays; and a list of eight hundred guests scrolls without holding up the page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, furnish, openBrowser, openHouse, signIn, until } from "./house.mjs";

const coverage = async (house, token, query = "") => (await ask(house, "GET", `/api/backups/coverage?limit=1000${query}`, { token })).items;

test("backups are known, a failing one shows, a parked guest stays parked over a restart", async () => {
  const house = await openHouse();
  const browser = await openBrowser();
  try {
    const token = await furnish(house);
    await until("all tasks", 600_000, async () => {
      const { clusters } = await ask(house, "GET", "/api/backups/summary", { token });
      return clusters.every((one) => one.jobs === "yes" && one.tasks === "yes") && (await coverage(house, token, "&state=failed")).length > 0;
    });
    const states = new Set((await coverage(house, token)).map((one) => one.state));
    for (const wanted of ["ok", "failed", "no_job"]) assert.ok(states.has(wanted), `none is ${wanted}`);
    await until("the disk left out", 120_000, async () => (await coverage(house, token, "&state=excluded_disk")).length > 0);

    const safe = (await coverage(house, token, "&state=ok"))[0];
    await signIn(browser.page, house.origin);
    await browser.page.goto(`${house.origin}/vms/${safe.vm_id}`);
    const panel = browser.page.getByRole("region", { name: "Backups" });
    await panel.getByText("Safe").waitFor();
    await house.order(`/guest/${house.clusters[0].cluster}/${safe.vmid}/backup`, { seconds: 1, error: "no space left on device" });
    await panel.getByText("the last backup failed: no space left on device").waitFor({ timeout: 120_000 });

    await panel.getByRole("button", { name: "Change" }).click();
    await panel.getByLabel("Backups").selectOption("archived");
    await panel.getByLabel("Note").fill("sold in spring");
    await panel.getByRole("button", { name: "Save" }).click();
    await panel.getByText("archived by a person").waitFor();
    const runs = (await ask(house, "GET", "/api/backups?limit=1000", { token })).items.length;
    await house.stopServer();
    await house.startServer();
    const [again] = await coverage(house, token, `&vm_id=${safe.vm_id}`);
    assert.equal(again.state, "archived");
    assert.equal(again.backup_note, "sold in spring");
    assert.equal((await ask(house, "GET", "/api/backups?limit=1000", { token })).items.length, runs);
    assert.deepEqual(browser.faults, []);
  } finally {
    await browser.close();
    await house.close();
  }
});

test("eight hundred guests: the worst first, and no task of the page above 100 ms while scrolling", async () => {
  const house = await openHouse({ simulator: ["--clusters", "2", "--nodes", "3", "--guests", "400"] });
  const browser = await openBrowser();
  try {
    const token = await furnish(house);
    await until("all guests", 120_000, async () => (await coverage(house, token, "&state=no_job")).length > 10);
    await signIn(browser.page, house.origin);
    await browser.page.goto(`${house.origin}/backups`);
    const table = browser.page.getByRole("table", { name: "Guests and their backups" });
    await table.getByRole("row").nth(10).waitFor();
    assert.ok((await table.getByRole("row").count()) < 80);
    await browser.page.waitForTimeout(1000);
    const longest = await table.evaluate(async (grid) => {
      const tasks = [];
      const watcher = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((one) => one.duration)));
      watcher.observe({ entryTypes: ["longtask"] });
      for (let top = 0; top < grid.scrollHeight; top += 120) {
        grid.scrollTop = top;
        await new Promise((done) => requestAnimationFrame(done));
      }
      watcher.disconnect();
      return Math.max(0, ...tasks);
    });
    console.log(`longest task while scrolling: ${Math.round(longest)} ms`);
    assert.ok(longest <= 100, `a task of ${longest} ms`);
    await browser.page.getByRole("searchbox").fill("no such guest");
    await browser.page.getByText("No guest").waitFor();
    assert.deepEqual(browser.faults, []);
  } finally {
    await browser.close();
    await house.close();
  }
});
