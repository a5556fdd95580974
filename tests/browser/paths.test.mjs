// Who is told first and who next, as an administrator sets it: an escalation path with steps and hours, taken by a rule,
// followed on the page of an incident; and quiet hours in three choices. By clicks alone; what the server then keeps is
// asked over its API.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { ask, furnish, openAsViewer, openBrowser, openHouse, signIn, until } from "./house.mjs";
import { look } from "./look.mjs";

const tab = (page, name) => page.getByRole("navigation", { name: "Incidents and alerts" }).getByRole("link", { name });
const step = (page, number) => page.getByRole("region", { name: `Step ${number}`, exact: true });

/** Two channels to a receiver that takes everything. */
async function makeChannels(house, token) {
  const receiver = createServer((request, answer) => request.resume().on("end", () => answer.end("ok")));
  await new Promise((done) => receiver.listen(0, "127.0.0.1", done).unref());
  const make = (name, more = {}) =>
    ask(house, "POST", "/api/notification-channels", {
      token, body: { name, type: "webhook", settings: { webhook_url: `http://localhost:${receiver.address().port}/in` }, ...more },
    });
  const mail = await make("Team mail");
  const pager = await make("Pager", { severity_filter: ["critical"] });
  return { mail, pager, close: () => receiver.close() };
}

/** Refused while it is not whole and nothing lost, seen ahead, made, found again, used by a rule, kept from removal. */
async function makePath(house, page, token, { mail, pager }) {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /^Incidents/ }).click();
  await tab(page, "Escalation").click();
  const list = page.getByRole("table", { name: "Escalation paths" });
  await list.getByRole("row", { name: /Everybody.*At once Every channel/s }).waitFor();
  await page.getByRole("link", { name: "New path" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Choose somebody who is told.").waitFor();
  await page.getByLabel("Name", { exact: true }).fill("On call");
  await step(page, 1).getByRole("checkbox", { name: "Team mail" }).check();
  await page.getByRole("button", { name: "Add a step" }).click();
  await step(page, 2).getByRole("checkbox", { name: "Pager" }).check();
  await step(page, 2).getByLabel("From which severity").selectOption({ label: "Warning" });
  await step(page, 2).getByRole("checkbox", { name: "Only at some hours" }).check();
  await step(page, 2).getByLabel("From", { exact: true }).fill("22:00");
  await step(page, 2).getByLabel("To", { exact: true }).fill("07:00");
  await step(page, 2).getByLabel("Time zone").fill("Mars");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("This time zone is not known here").waitFor();
  await step(page, 2).getByLabel("Time zone").fill("Europe/Oslo");
  await page.getByRole("button", { name: "Add a step" }).click();
  await step(page, 3).getByRole("button", { name: "Every channel" }).click();
  await page.getByRole("checkbox", { name: "Tell the last step again and again" }).check();
  const told = page.getByRole("region", { name: "Who would be told" });
  await told.getByText("only daily 22:00–07:00 (Europe/Oslo)").waitFor();
  await told.getByText("Then the last step again, every 1 h", { exact: false }).waitFor();
  await told.getByRole("button", { name: "Warning" }).click();
  await told.getByText("Pager (does not want this severity)", { exact: true }).waitFor();
  await told.getByRole("button", { name: "Critical" }).click();
  await look(page, "path-form");
  await page.getByRole("button", { name: "Save" }).click();

  const row = list.getByRole("row", { name: /On call/ });
  await row.getByText("After 15 min").waitFor();
  await look(page, "paths");
  const all = () => ask(house, "GET", "/api/escalations", { token }).then((body) => body.items);
  const made = (await all()).find((one) => one.name === "On call");
  assert.deepEqual(made.steps.map(({ after_minutes, channel_ids, all_channels, min_severity }) => [after_minutes, channel_ids, all_channels, min_severity]),
    [[0, [mail.id], false, "info"], [15, [pager.id], false, "warning"], [30, [], true, "warning"]]);
  assert.deepEqual(made.steps[1].time_window, { days: ["MO", "TU", "WE", "TH", "FR", "SA", "SU"], from: "22:00", to: "07:00", time_zone: "Europe/Oslo" });
  assert.equal(made.repeat_last_minutes, 60);

  // The second step loses its hours, so that the incident later has it next.
  await row.getByRole("link", { name: "On call" }).click();
  await step(page, 2).getByRole("checkbox", { name: "Only at some hours" }).uncheck();
  await page.getByRole("button", { name: "Save" }).click();
  await row.waitFor();
  assert.equal((await all()).find((one) => one.id === made.id).steps[1].time_window, null);

  await tab(page, "Rules").click();
  await page.getByRole("link", { name: "Node is offline" }).click();
  await page.getByLabel("Escalation path").selectOption({ label: "On call" });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("table", { name: "Rules" }).waitFor();
  const rules = await ask(house, "GET", "/api/alert-rules?limit=1000", { token });
  assert.equal(rules.find((one) => one.key === "node_down").route_id, made.id);
  await tab(page, "Escalation").click();
  await row.getByRole("link", { name: "On call" }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByText("Rules take this path. Give them another one first.").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  return made;
}

/** The incident of a node that dies says who is next, until somebody has it. */
async function followIncident(house, page, token) {
  const { cluster, node: own } = house.clusters[0];
  const victim = house.endpoints.find((one) => one.cluster === cluster && one.node !== own).node;
  await house.order(`/node/${cluster}/${victim}/kill`);
  await until("the node is an incident", 120_000, async () =>
    (await ask(house, "GET", "/api/incidents?state=open", { token })).items.some((one) => one.root.name === victim));
  await tab(page, "Incidents").click();
  await page.getByRole("link", { name: `Node is offline: ${victim}` }).first().click();
  await page.getByText(/^Pager, .*\(step 2 of 3, On call\)$/).waitFor({ timeout: 60_000 });
  await look(page, "incident-next");
  await page.getByRole("button", { name: "Acknowledge" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Acknowledge" }).click();
  await page.getByText(/\(step 2 of 3, On call\)/).waitFor({ state: "detached", timeout: 20_000 });
  await house.order(`/node/${cluster}/${victim}/revive`);
}

/** Weekend nights, made by three choices, found again as such, and turned into a plain window. */
async function keepQuiet(house, page, token) {
  await tab(page, "Maintenance").click();
  await page.getByRole("link", { name: "New quiet hours" }).click();
  await page.getByRole("heading", { level: 1, name: "New quiet hours" }).waitFor();
  assert.equal(await page.getByLabel("From", { exact: true }).inputValue(), "22:00");
  await page.getByLabel("Name", { exact: true }).fill("Weekend nights");
  await page.getByLabel("From", { exact: true }).fill("23:30");
  for (const day of ["Mon", "Tue", "Wed", "Thu", "Sun"]) await page.getByRole("checkbox", { name: day }).uncheck();
  await page.getByLabel("Time zone").fill("Europe/Oslo");
  const next = page.getByRole("region", { name: "The next times" }).getByRole("listitem");
  await next.filter({ hasText: /^Fri|^Sat/ }).filter({ hasText: "23:30" }).first().waitFor({ timeout: 20_000 });
  await look(page, "quiet-hours");
  await page.getByRole("button", { name: "Save" }).click();
  const row = page.getByRole("table", { name: "Maintenance windows" }).getByRole("row", { name: /Weekend nights/ });
  await row.waitFor();
  const all = () => ask(house, "GET", "/api/maintenance-windows", { token }).then((body) => body.items);
  const [made] = await all();
  assert.equal(made.rrule, "FREQ=WEEKLY;BYDAY=FR,SA");
  assert.equal(made.duration_seconds, 7.5 * 3600);
  assert.equal(made.max_severity, "warning");
  assert.equal(made.mute, "notifications");
  await row.getByRole("link").click();
  assert.equal(await page.getByLabel("From", { exact: true }).inputValue(), "23:30");
  await page.getByLabel("What still comes through").selectOption({ label: "Critical alerts and warnings" });
  await page.getByRole("button", { name: "Save" }).click();
  await row.waitFor();
  assert.equal((await all())[0].max_severity, "info");
  await row.getByRole("link").click();
  await page.getByRole("button", { name: "Planned work" }).click();
  assert.equal(await page.getByRole("textbox", { name: "Lasts" }).inputValue(), "450");
  await page.getByLabel("The worst that is held").selectOption({ label: "Critical" });
  await page.getByRole("button", { name: "Save" }).click();
  await row.waitFor();
  assert.equal((await all())[0].max_severity, "critical");
}

/** Who may only look sees the paths, and nothing that changes them. */
async function lookOnly(house, browser, token) {
  const page = await openAsViewer(house, browser, token);
  await page.goto(`${house.origin}/incidents/paths`);
  await page.getByRole("link", { name: "On call" }).click();
  await page.getByLabel("Name", { exact: true }).waitFor();
  assert.ok(await page.getByLabel("Name", { exact: true }).isDisabled());
  assert.equal(await page.getByRole("button", { name: "Save" }).count(), 0);
  await page.goto(`${house.origin}/incidents/paths/new`);
  await page.getByRole("heading", { name: "You may not see this" }).waitFor();
}

test("an escalation path is made, taken by a rule and followed; quiet hours are kept", async () => {
  const house = await openHouse({ server: ["--outbound-allow", "127.0.0.0/8"] });
  const browser = await openBrowser();
  const { page } = browser;
  let channels;
  try {
    const token = await furnish(house);
    channels = await makeChannels(house, token);
    await until("guests run", 60_000, async () => (await ask(house, "GET", "/api/vms?status=running", { token })).length > 0);
    await signIn(page, house.origin);
    await makePath(house, page, token, channels);
    await followIncident(house, page, token);
    await keepQuiet(house, page, token);
    assert.deepEqual(browser.faults, []);
    await lookOnly(house, browser, token);
  } finally {
    await browser.close();
    await house.close();
    channels?.close();
  }
});
