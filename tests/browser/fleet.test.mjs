// The fleet's pages with a live simulator behind them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { furnish, openBrowser, openHouse, signIn } from "./house.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PAGES = ["/dashboard", "/clusters", "/nodes", "/vms", "/storages", "/settings/profile", "/settings/users", "/settings/audit"];
const LANGUAGES = ["en", "nb", "sv", "da", "fi", "de", "fr"];

let house, browser, token;
before(async () => {
  house = await openHouse();
  token = await furnish(house);
  browser = await openBrowser();
  await signIn(browser.page, house.origin);
});
after(async () => {
  await browser?.close();
  await house?.close();
});

const api = async (path, method = "GET", body = undefined) => {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const answer = await fetch(house.origin + path, { method, headers, body: body && JSON.stringify(body) });
  return answer.status === 204 ? null : answer.json();
};

test("a guest that stops is on the open page within one poll and a second, without reload", async () => {
  const { page } = browser;
  const running = (await api("/api/vms?status=running&template=false&limit=100"))[0];
  await page.goto(`${house.origin}/vms/${running.id}`);
  await page.getByText("Running", { exact: true }).first().waitFor();
  await house.order(`/guest/${house.endpoints[0].cluster}/${running.vmid}/stop`);
  const begun = Date.now();
  await page.getByText(/^Stopped/).first().waitFor({ timeout: 13_000 });
  assert.ok(Date.now() - begun < 12_500, `took ${Date.now() - begun} ms`);
});

test("every page opens, names itself and breaks no rule of accessibility seriously", async () => {
  const { page } = browser;
  for (const path of PAGES) {
    await page.goto(house.origin + path);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await page.waitForTimeout(400);
    // axe by evaluate: a script tag would be refused by the page's own policy.
    const found = await page.evaluate(`${AXE}; axe.run(document, { resultTypes: ["violations"] }).then((result) =>
      result.violations.filter((one) => one.impact === "serious" || one.impact === "critical")
        .map((one) => one.id + ": " + one.nodes.slice(0, 3).map((node) => node.html).join(" | ")))`);
    assert.deepEqual(found, [], path);
  }
});

test("the overview speaks seven languages, light and dark", async () => {
  const { page } = browser;
  const titles = new Set();
  for (const [at, language] of LANGUAGES.entries()) {
    await api("/api/auth/me", "PUT", { language, theme: at % 2 ? "dark" : "light" });
    await page.goto(`${house.origin}/dashboard`);
    await page.waitForFunction((wanted) => document.documentElement.lang.startsWith(wanted), language);
    await page.waitForTimeout(300);
    titles.add(await page.getByRole("heading", { level: 1 }).first().innerText());
    const text = await page.locator("body").innerText();
    assert.doesNotMatch(text, /\b(?:overview|fleet|frame|account)\.[a-zA-Z.]+\b/, `${language} shows a bare key`);
  }
  await api("/api/auth/me", "PUT", { language: "en", theme: "system" });
  assert.ok(titles.size >= 5, [...titles].join(", "));
});

test("nothing was blocked by the content security policy and no script failed", () => {
  assert.deepEqual(browser.faults, []);
});
