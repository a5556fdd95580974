// Every page in seven languages, light and dark, wide and at phone width; and as a viewer.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { ask, furnish, openBrowser, openHouse, PASSWORD, signIn, until } from "./house.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LANGUAGES = ["en", "nb", "sv", "da", "fi", "de", "fr"];
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

let house, browser, token, pages;
before(async () => {
  house = await openHouse();
  token = await furnish(house);
  browser = await openBrowser();
  const { page } = browser;
  await until("guests", 20_000, async () => (await ask(house, "GET", "/api/vms?limit=1", { token })).length > 0);
  const first = async (path) => {
    const answer = await ask(house, "GET", path, { token });
    return (answer.items ?? answer)[0].id;
  };
  const job = { name: "A job with quite a long name that nobody asked for", type: "push", tags: ["nightly", "backup"] };
  const watched = await ask(house, "POST", "/api/services", { token, body: job });
  const groups = [{ name: "Jobs", items: [{ service_id: watched.id, name: "Nightly job" }] }];
  const shown = await ask(house, "POST", "/api/status-pages", { token, body: { slug: "jobs", title: "Jobs", is_public: true, groups } });
  const later = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString();
  const matchers = [{ label: "name", value: "a guest with quite a long name*" }, { label: "severity", value: "critical", is_equal: false }];
  const silence = { matchers, ends_at: later(5), comment: "A reason with quite a lot of words, which somebody wrote at night" };
  await ask(house, "POST", "/api/silences", { token, body: silence });
  const upkeep = { name: "Work on the storage shelf that takes its time", starts_at: later(-1), duration_seconds: 36_000, rrule: "FREQ=DAILY" };
  const planned = await ask(house, "POST", "/api/maintenance-windows", { token, body: upkeep });
  pages = [
    "/dashboard", "/clusters", "/clusters/connect", `/clusters/${await first("/api/clusters")}`,
    "/nodes", "/nodes?view=table", `/nodes/${await first("/api/nodes?limit=1")}`,
    "/vms", `/vms/${await first("/api/vms?limit=1")}`, "/charts", "/settings/history", "/storages", `/storages/${await first("/api/storages?limit=1")}`,
    "/services", "/services?by=tag", `/services/${watched.id}`, `/services/${watched.id}/edit`, "/services/new", "/services/new?type=push", "/services/many",
    "/services/import", "/status-pages", "/status-pages/new", `/status-pages/${shown.id}`,
    "/incidents/silences", "/incidents/silences/new", "/incidents/maintenance", `/incidents/maintenance/${planned.id}`,
    "/incidents/rules", "/incidents/rules/new", `/incidents/rules/${await first("/api/alert-rules?kind=metric&limit=1")}`,
    "/settings/profile", "/settings/api-keys", "/settings/users", "/settings/audit", "/settings/system", "/api/docs", "/settings/nowhere", "/vms/999999",
  ];
  await signIn(page, house.origin);
});
after(async () => {
  await browser?.close();
  await house?.close();
});

/** Within the app, as a click would: a page is there when its heading or its note is. */
async function go(page, path) {
  await page.evaluate((to) => {
    history.pushState(null, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, path);
  await page.locator("main h1, main h2").first().waitFor();
  await page.waitForTimeout(120);
}

/** What stands out to the right of where one can scroll to, in words; nothing when all is in view. */
const overflow = () => {
  const wide = [document.documentElement, document.querySelector("main")].filter((one) => one && one.scrollWidth > one.clientWidth + 1);
  if (wide.length === 0) return "";
  const edge = innerWidth;
  const far = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > edge + 1);
  return far.slice(0, 4).map((one) => one.outerHTML.slice(0, 120)).join("\n") || "the page scrolls sideways";
};

test("every page speaks seven languages and fits a phone", async () => {
  const { page } = browser;
  const titles = new Set();
  for (const language of LANGUAGES) {
    await ask(house, "PUT", "/api/auth/me", { token, body: { language } });
    await page.goto(`${house.origin}/dashboard`);
    await page.waitForFunction((wanted) => document.documentElement.lang.startsWith(wanted), language);
    await page.locator('main a[href^="/nodes/"]').first().waitFor();
    titles.add(await page.getByRole("heading", { level: 1 }).first().innerText());
    for (const path of pages) {
      await go(page, path);
      const text = await page.locator("body").innerText();
      assert.doesNotMatch(text, /\b(?:overview|fleet|hook|meaning|deed|frame|account|field|count|edge|services|list|edit|bar|why|act|states|sla|push|many|import|silences|windows|rules|selector)\.[a-zA-Z.]+\b|\{\{|undefined|\bNaN\b|\[object/, `${language} ${path}`);
      assert.equal(await page.evaluate(overflow), "", `${language} ${path} at ${WIDE.width}`);
      await page.setViewportSize(PHONE);
      assert.equal(await page.evaluate(overflow), "", `${language} ${path} at ${PHONE.width}`);
      await page.setViewportSize(WIDE);
    }
  }
  await ask(house, "PUT", "/api/auth/me", { token, body: { language: "en" } });
  assert.ok(titles.size >= 5, [...titles].join(", "));
});

const seriousFaults = (page) =>
  // By evaluate: a script tag would be refused by the page's own policy.
  page.evaluate(`axe.run(document, { resultTypes: ["violations"] }).then((result) =>
    result.violations.filter((one) => one.impact === "serious" || one.impact === "critical")
      .map((one) => one.id + ": " + one.nodes.slice(0, 3).map((node) => node.html).join(" | ")))`);

test("every page breaks no rule of accessibility seriously, in light and in dark", async () => {
  const { page } = browser;
  await page.goto(`${house.origin}/dashboard`);
  await page.locator('main a[href^="/nodes/"]').first().waitFor();
  await page.evaluate(`${AXE}; undefined`);
  for (const path of pages) {
    await go(page, path);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await seriousFaults(page), [], `${path}, ${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: null });
});

test("a viewer sees the fleet, and no button or page that would be refused", async () => {
  const { page } = browser;
  await ask(house, "POST", "/api/users", { token, body: { username: "vera", email: "vera@example.org", password: PASSWORD, role: "viewer" } });
  await page.context().clearCookies();
  await signIn(page, house.origin, "vera");
  for (const path of ["/clusters", pages[3], pages[6], pages[8]]) {
    await page.goto(house.origin + path);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await page.waitForTimeout(400);
    const forbidden = page.getByRole("button", { name: /^(Connect a cluster|Remove|Pause|Ask now|Start maintenance|Run the doctor)$/ });
    assert.deepEqual(await forbidden.allInnerTexts(), [], path);
  }
  await page.goto(`${house.origin}/settings/users`);
  await page.getByText("Your role does not allow this. Ask an administrator.").waitFor();
  await page.goto(`${house.origin}/settings/profile`);
  await page.getByRole("heading", { level: 1, name: "Profile" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Audit log" }).count(), 0);
});

test("nothing was blocked by the content security policy and no script failed", () => {
  assert.deepEqual(browser.faults, []);
});
