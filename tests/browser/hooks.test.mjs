// The address for notifications of Proxmox VE, as an administrator makes it, uses it by the lines that are shown, and takes
// it back. In every language, in light, dark and at phone width.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, furnish, openBrowser, openHouse, signIn, until } from "./house.mjs";
import { look } from "./look.mjs";

const TITLES = {
  nb: "Varslinger fra Proxmox VE", sv: "Aviseringar från Proxmox VE", da: "Notifikationer fra Proxmox VE", fi: "Proxmox VE:n ilmoitukset",
  fr: "Notifications de Proxmox VE", de: "Benachrichtigungen von Proxmox VE", en: "Notifications of Proxmox VE",
};

/** What Proxmox VE would send, by the lines for its shell: url, header and body with its words filled in. */
function sentBy(lines, fields) {
  const decoded = (pattern) => Buffer.from(pattern.exec(lines)[1], "base64").toString();
  const token = decoded(/--secret 'name=token,value=([^']+)'/);
  const words = { title: "vzdump backup status: backup failed", message: 'line one\n"two"', severity: "error", timestamp: "1764316800" };
  const body = decoded(/--body '([^']+)'/)
    .replace(/\{\{ escape (\w+) \}\}/g, (_, name) => JSON.stringify(words[name]).slice(1, -1))
    .replace(/\{\{ json fields \}\}/, JSON.stringify(fields))
    .replace(/\{\{ (\w+) \}\}/g, (_, name) => words[name]);
  const url = /--url '([^']+)'/.exec(lines)[1].replace("{{ secrets.token }}", token);
  return () => fetch(url, { method: "POST", headers: { "Content-Type": decoded(/name=Content-Type,value=([^']+)'/) }, body });
}

test("the address for notifications of Proxmox VE is made, works by the lines that are shown, and is taken back", async () => {
  const house = await openHouse({ simulator: ["--clusters", "1", "--nodes", "2", "--guests", "6"] });
  const browser = await openBrowser();
  const { page } = browser;
  try {
    const token = await furnish(house);
    const [cluster] = (await ask(house, "GET", "/api/clusters", { token })).items;
    await until("nodes", 60_000, async () => (await ask(house, "GET", "/api/nodes", { token })).length === 2);
    await signIn(page, house.origin);
    await page.goto(`${house.origin}/clusters/${cluster.id}`);
    const panel = page.getByRole("region", { name: TITLES.en });
    await panel.getByText("There is none").waitFor();
    await panel.getByRole("button", { name: "Make an address" }).click();
    await panel.getByText("The token is shown this once.", { exact: false }).waitFor();
    const lines = await panel.getByRole("region", { name: "In a shell of a node" }).innerText();
    assert.ok(lines.includes(`${house.origin}/api/hooks/proxmox/`));
    await panel.scrollIntoViewIfNeeded();
    await look(page, "hook-made");

    const node = house.clusters[0].node;
    const send = sentBy(lines, { type: "vzdump", hostname: node, "job-id": "backup-1" });
    assert.equal((await send()).status, 202);
    const title = `${node}: vzdump backup status: backup failed`;
    await until("an alert", 20_000, async () =>
      (await ask(house, "GET", "/api/alerts?resolved=false", { token })).some((alert) => alert.title === title));
    await page.reload();
    await panel.getByText("Last used").waitFor();
    await panel.getByText("Not since Monitorix was started").waitFor({ state: "detached", timeout: 10_000 });
    assert.ok(!(await panel.innerText()).includes(lines.match(/value=([^']+)'/g)[1]), "the token is shown once");

    for (const [language, words] of Object.entries(TITLES)) {
      await ask(house, "PUT", "/api/auth/me", { token, body: { language } });
      await page.reload();
      const own = page.getByRole("region", { name: words });
      await own.waitFor();
      await own.locator("summary").click();
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wider <= 0, language);
    }

    await panel.getByRole("button", { name: "Take it back" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Take it back" }).click();
    await panel.getByText("There is none").waitFor();
    assert.equal((await send()).status, 404);
    assert.deepEqual(browser.faults, []);
  } finally {
    await browser.close();
    await house.close();
  }
});
