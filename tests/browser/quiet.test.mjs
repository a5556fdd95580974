// Being left in peace, and saying what is wrong at all, as an administrator does it: a silence from an incident, a window
// that repeats, a rule of one's own. By clicks alone; what the server then keeps is asked over its API.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, furnish, openAsViewer, openBrowser, openHouse, signIn, until } from "./house.mjs";
import { look } from "./look.mjs";

const tab = (page, name) => page.getByRole("navigation", { name: "Incidents and alerts" }).getByRole("link", { name });

/** From an incident: filled in, refused without a reason and nothing lost, made, changed, ended. */
async function silence(house, page, token, victim) {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /^Incidents/ }).click();
  await page.getByRole("link", { name: `Node is offline: ${victim}` }).first().click();
  await page.getByRole("button", { name: "Silence this…" }).click();
  await page.getByRole("heading", { level: 1, name: "New silence" }).waitFor();
  assert.equal(await page.getByRole("combobox", { name: "Name", exact: true }).inputValue(), victim);
  await page.getByRole("button", { name: "4 hours" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Say why; others will ask.").waitFor();
  assert.equal(await page.getByRole("combobox", { name: "Name", exact: true }).inputValue(), victim);
  await look(page, "silence-form");
  await page.getByLabel("Why").fill("New power supply");
  await page.getByRole("button", { name: "Save" }).click();

  const row = page.getByRole("table", { name: "Active now" }).getByRole("row", { name: /New power supply/ });
  await row.waitFor();
  const all = () => ask(house, "GET", "/api/silences", { token }).then((body) => body.items);
  const [made] = await all();
  assert.deepEqual(made.matchers.map(({ label, value }) => `${label} ${value}`), ["kind node", `name ${victim}`, "rule Node is offline"]);
  const hours = (Date.parse(made.ends_at) - Date.parse(made.starts_at)) / 3_600_000;
  assert.ok(Math.abs(hours - 4) < 0.05, `${hours} hours`);
  await until("the silence holds the alert", 20_000, async () => (await all())[0].held_alert_count === 1);
  await row.getByRole("cell", { name: "1", exact: true }).waitFor({ timeout: 20_000 });
  await look(page, "silences");

  await row.getByRole("link").click();
  await page.getByRole("heading", { level: 1, name: "Change a silence" }).waitFor();
  await page.getByLabel("End", { exact: true }).fill("2020-01-01T12:00");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("The end must come after the begin, within a year.").waitFor();
  await page.getByRole("button", { name: "Until tomorrow morning" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await row.waitFor();
  assert.notEqual((await all())[0].ends_at, made.ends_at);
  await row.getByRole("button", { name: "End now" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End now" }).click();
  await page.getByRole("heading", { name: "Nothing is silenced" }).waitFor();
  assert.deepEqual(await all(), []);
}

/** Weekly on two days, seen ahead, refused by the server at its field, in the calendar, changed, removed. */
async function maintain(house, page, token) {
  await tab(page, "Maintenance").click();
  await page.getByRole("heading", { name: "There are no maintenance windows" }).waitFor();
  await page.getByRole("link", { name: "New window" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Patch night");
  await page.getByLabel("Kind").selectOption({ label: "Node" });
  await page.getByText(/^It fits 3 objects/).waitFor({ timeout: 20_000 });
  await page.getByLabel("Time zone").fill("Europe/Oslo");
  await page.getByLabel("Begin of the first time").fill("2027-03-22T02:00");
  await page.getByRole("button", { name: "By a rule" }).click();
  await page.getByLabel("Rule (RRULE)").fill("FREQ=HOURLY");
  await page.getByRole("region", { name: "The next times" }).getByText("The server cannot answer this yet").waitFor({ timeout: 20_000 });
  await page.getByLabel("Rule (RRULE)").and(page.locator('[aria-invalid="true"]')).waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("This is not valid.").waitFor();
  await page.getByRole("button", { name: "Save", disabled: false }).waitFor();
  assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Patch night");
  await page.getByRole("button", { name: "Weekly" }).click();
  await page.getByText("This is not valid.").waitFor({ state: "detached" });
  await page.getByRole("checkbox", { name: "Sun" }).check();
  // Two o'clock stays two o'clock when summer time begins, in the night to the 28th.
  const times = page.getByRole("region", { name: "The next times" }).getByRole("listitem");
  await times.filter({ hasText: "28 Mar 2027" }).filter({ hasText: "03:00" }).waitFor({ timeout: 20_000 });
  await times.filter({ hasText: "29 Mar 2027" }).filter({ hasText: "02:00" }).waitFor();
  await look(page, "window-form");
  await page.getByRole("button", { name: "Save" }).click();

  const row = page.getByRole("table", { name: "Maintenance windows" }).getByRole("row", { name: /Patch night/ });
  await row.waitFor();
  const all = () => ask(house, "GET", "/api/maintenance-windows", { token }).then((body) => body.items);
  const [made] = await all();
  assert.equal(made.rrule, "FREQ=WEEKLY;BYDAY=MO,SU");
  assert.equal(made.time_zone, "Europe/Oslo");
  assert.equal(made.starts_at, "2027-03-22T01:00:00.000Z");
  assert.equal(made.selector.type, "node");

  await row.getByRole("link").click();
  await page.getByRole("heading", { level: 1, name: "Patch night" }).waitFor();
  assert.ok(await page.getByRole("checkbox", { name: "Sun" }).isChecked());
  await page.getByRole("button", { name: "Daily" }).click();
  const soon = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel("Begin of the first time").fill(`${soon}T22:00`);
  await page.getByRole("button", { name: "Save" }).click();
  const calendar = page.getByRole("list", { name: "The next 4 weeks" });
  await calendar.getByRole("link", { name: /Patch night/ }).first().waitFor({ timeout: 20_000 });
  assert.ok((await calendar.getByRole("link", { name: /Patch night/ }).count()) >= 14);
  await look(page, "windows");
  await calendar.getByRole("link", { name: /Patch night/ }).first().click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByRole("heading", { name: "There are no maintenance windows" }).waitFor();
  assert.deepEqual(await all(), []);
}

/** A rule about a number with what it would say, changed into one about an event and back to "as reported", copied, removed. */
async function rule(house, page, token) {
  await tab(page, "Rules").click();
  await page.getByRole("link", { name: "New rule" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("It needs a name.").waitFor();
  await page.getByText("At least one limit, and each one complete.").waitFor();
  await page.getByLabel("Name", { exact: true }).fill("Busy guests");
  await page.getByLabel("Kind", { exact: true }).selectOption({ label: "Guest" });
  const warning = page.getByRole("group", { name: "Warning" }).first();
  await warning.getByLabel(/^Begins/).fill("0.001");
  await warning.getByLabel(/^Over at/).fill("5");
  await page.getByText("It must lie on the safe side of the limit.").waitFor();
  await warning.getByLabel(/^Over at/).fill("0");
  const preview = page.getByRole("region", { name: "What it would say" });
  await preview.getByText(/^It speaks of \d+ objects/).waitFor({ timeout: 20_000 });
  await until("guests would fire", 60_000, async () => {
    await warning.getByLabel(/^Begins/).fill("0.002");
    await warning.getByLabel(/^Begins/).fill("0.001");
    return /^([1-9]\d*) would fire now/.test(await preview.getByRole("heading", { level: 3 }).first().innerText());
  });
  await preview.getByRole("heading", { name: /How often it would have fired: not known|Would have fired/ }).waitFor();
  const watched = await preview.getByText(/^It speaks of/).innerText();
  const left = (await ask(house, "GET", "/api/vms?status=running", { token }))[0];
  await page.getByRole("button", { name: "Add an exception" }).click();
  await page.getByRole("region", { name: "Exception 1" }).getByLabel("Add a guest, by name or VM ID").fill(String(left.vmid));
  await page.getByRole("button", { name: `Take out ${left.name}` }).waitFor();
  await until("one guest is excepted", 20_000, async () => (await preview.getByText(/^It speaks of/).innerText()) !== watched);
  await look(page, "rule-form");
  await page.getByRole("button", { name: "Save" }).click();
  const list = page.getByRole("table", { name: "Rules" });
  await list.getByRole("link", { name: "Busy guests" }).click();
  const own = async () => (await ask(house, "GET", "/api/alert-rules?limit=1000", { token })).filter((one) => one.key === null);
  const [made] = await own();
  assert.equal(made.metric_type, "cpu");
  assert.deepEqual(made.levels, [{ severity: "warning", threshold: 0.00001, clear_threshold: 0, for_seconds: null }]);
  assert.equal(made.selector.type, "guest");
  assert.deepEqual(made.exceptions.map(({ selector, is_off }) => [selector.vm_ids, is_off]), [[[left.id], true]]);

  await page.getByLabel("Kind of rule").selectOption({ label: "Something that Proxmox reports" });
  await page.getByLabel("Which", { exact: true }).fill("backup_*");
  await page.getByLabel("Severity").selectOption({ label: "Critical" });
  await page.getByRole("button", { name: "Save" }).click();
  await list.getByRole("link", { name: "Busy guests" }).click();
  assert.deepEqual((await own()).map(({ kind, condition, severity, levels }) => ({ kind, condition, severity, levels })), [
    { kind: "pve_event", condition: "backup_*", severity: "critical", levels: [] }]);
  await page.getByLabel("Severity").selectOption({ label: "as reported" });
  await page.getByRole("button", { name: "Save" }).click();
  await list.getByRole("link", { name: "Busy guests" }).click();
  assert.equal((await own())[0].severity, null);

  await page.getByRole("link", { name: "Copy" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await list.getByRole("link", { name: "Busy guests (copy)" }).click();
  assert.equal((await own()).length, 2);
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await list.getByRole("link", { name: "Busy guests", exact: true }).waitFor();
  await page.waitForFunction(() => !document.body.innerText.includes("Busy guests (copy)"));
  assert.equal((await own()).length, 1);
}

/** Who may only look sees it all, and nothing that changes it. */
async function lookOnly(house, browser, token) {
  const page = await openAsViewer(house, browser, token);
  await page.goto(`${house.origin}/incidents/silences`);
  await page.getByRole("heading", { name: "Nothing is silenced" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "New silence" }).count(), 0);
  await page.goto(`${house.origin}/incidents/rules`);
  await page.getByRole("link", { name: "CPU of a node" }).click();
  await page.getByLabel("Name", { exact: true }).waitFor();
  assert.ok(await page.getByLabel("Name", { exact: true }).isDisabled());
  assert.equal(await page.getByRole("button", { name: "Save" }).count(), 0);
  await page.goto(`${house.origin}/incidents/maintenance/new`);
  await page.getByRole("heading", { name: "You may not see this" }).waitFor();
}

test("a silence, a window and a rule are made, changed and removed by clicking", async () => {
  const house = await openHouse();
  const browser = await openBrowser();
  const { page } = browser;
  try {
    const token = await furnish(house);
    const { cluster, node: own } = house.clusters[0];
    const victim = house.endpoints.find((one) => one.cluster === cluster && one.node !== own).node;
    await until("guests run", 60_000, async () => (await ask(house, "GET", "/api/vms?status=running", { token })).length > 0);
    await house.order(`/node/${cluster}/${victim}/kill`);
    await until("the node is an incident", 120_000, async () =>
      (await ask(house, "GET", "/api/incidents?state=open", { token })).items.some((one) => one.root.name === victim));
    await signIn(page, house.origin);
    await silence(house, page, token, victim);
    await house.order(`/node/${cluster}/${victim}/revive`);
    await maintain(house, page, token);
    await rule(house, page, token);
    assert.deepEqual(browser.faults, []);
    await lookOnly(house, browser, token);
  } finally {
    await browser.close();
    await house.close();
  }
});
