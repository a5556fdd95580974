// What a person reads when Proxmox, the token or a node is not as it should be. The faults are the simulator's.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ask, connect, furnish, openBrowser, openHouse, signIn, until } from "./house.mjs";

const NAMES = ["home", "revoked", "expired", "powerless", "separated", "garbage", "truncated", "huge", "endless", "deep", "renewed", "hostile"];
const FAULTS = { revoked: "e401", garbage: "garbage", truncated: "truncated", huge: "huge", endless: "infinite", deep: "deep" };
const SAID = {
  revoked: ["Token refused", "Proxmox refuses the token: its secret is wrong, it has expired, or the user is disabled."],
  powerless: ["Token sees nothing", "The token is accepted but may see nothing"],
  separated: ["Token sees nothing", "with privilege separation, rights must be given to the user and to the token."],
  garbage: ["Unreachable", "What comes back is not a complete answer of Proxmox VE."],
  truncated: ["Unreachable", "What comes back is not a complete answer of Proxmox VE."],
  huge: ["Unreachable", "Its answer is larger or more deeply nested than is taken."],
  endless: ["Unreachable", "Its answer is larger or more deeply nested than is taken."],
  deep: ["Unreachable", "Its answer is larger or more deeply nested than is taken."],
  renewed: ["Certificate changed", "The server shows a certificate that nobody has confirmed, so the token is not sent."],
};

let house, browser, token, dead;
const at = {};
before(async () => {
  house = await openHouse({ simulator: ["--clusters", String(NAMES.length), "--nodes", "3", "--guests", "6"] });
  for (const [i, name] of NAMES.entries()) at[name] = { endpoint: house.clusters[i] };
  token = await furnish(house, { clusters: [] });
  // Names of a hostile guest: before the first look, so that they are simply its names.
  await house.order(`/fault/${at.hostile.endpoint.cluster}/*`, { mode: "xss", path: "/cluster/resources" });
  for (const name of NAMES.filter((one) => one !== "expired")) {
    const { endpoint } = at[name];
    const secret = { powerless: endpoint.tokens.powerless, separated: endpoint.tokens.noacl }[name] ?? endpoint.token;
    at[name].id = (await connect(house, token, endpoint, { name, secret })).id;
  }
  await until("the first guests", 20_000, async () =>
    (await ask(house, "GET", `/api/vms?limit=100&cluster_id=${at.truncated.id}`, { token })).length > 0);
  browser = await openBrowser();
  await signIn(browser.page, house.origin);
});
after(async () => {
  await browser?.close();
  await house?.close();
});

test("a wrong and an expired token are refused in words before anything is stored", async () => {
  const { page } = browser;
  const { endpoint } = at.expired;
  await page.goto(`${house.origin}/clusters/connect`);
  await page.getByLabel("Address of one node").fill(new URL(endpoint.url).host);
  await page.getByRole("button", { name: "Look at its certificate" }).click();
  await page.getByRole("button", { name: "They are equal" }).click();
  for (const secret of [`${endpoint.token.slice(0, -4)}0000`, endpoint.tokens.expired]) {
    await page.getByLabel("API token").fill(secret);
    const answer = page.waitForResponse((one) => one.url().endsWith("/api/clusters/test"), { timeout: 15_000 });
    await page.getByRole("button", { name: "Check the connection" }).click();
    await answer;
    await page.getByText("It is wrong or has expired, or its user is disabled.").first().waitFor();
    assert.equal(await page.getByRole("button", { name: /^Save/ }).count(), 0);
  }
});

test("a node that dies is first asked again, then offline, and its cluster lives on", async () => {
  const { page } = browser;
  const { endpoint } = at.home;
  dead = house.endpoints.find((one) => one.cluster === endpoint.cluster && one.node !== endpoint.node).node;
  await page.goto(`${house.origin}/nodes?q=${dead}`);
  await page.getByRole("link", { name: new RegExp(`^${dead}`) }).waitFor();
  for (const [name, mode] of Object.entries(FAULTS)) await house.order(`/fault/${at[name].endpoint.cluster}/*`, { mode });
  await house.order(`/certificate/${at.renewed.endpoint.cluster}/${at.renewed.endpoint.node}`);
  await house.order(`/node/${endpoint.cluster}/${dead}/kill`);
  const begun = Date.now();
  await page.getByText("No answer, checking").first().waitFor({ timeout: 13_000 });
  await page.getByText(/^(Offline|Unreachable)$/).first().waitFor({ timeout: 13_000 });
  assert.ok(Date.now() - begun < 23_000, `took ${Date.now() - begun} ms`);
  await page.getByText("Offline", { exact: true }).first().waitFor({ timeout: 15_000 });
  await page.goto(`${house.origin}/clusters/${at.home.id}`);
  await page.getByText("Connected", { exact: true }).first().waitFor();
  await page.getByText("Offline", { exact: true }).first().waitFor();
});

test("each trouble with a token or an answer has its own state and its own sentence", async () => {
  const { page } = browser;
  for (const [name, [state, sentence]] of Object.entries(SAID)) {
    await page.goto(`${house.origin}/clusters/${at[name].id}`);
    await page.getByRole("heading", { level: 1, name }).waitFor();
    await page.locator("main header").getByText(state, { exact: true }).waitFor({ timeout: 30_000 });
    await page.getByText(sentence).first().waitFor({ timeout: 5_000 });
  }
  await page.goto(`${house.origin}/clusters`);
  for (const name of Object.keys(SAID)) await page.getByRole("row", { name: new RegExp(`${SAID[name][0]} ${name}`) }).waitFor();
});

test("what was known of a cluster that no longer answers stays, as not known now", async () => {
  const { page } = browser;
  await page.goto(`${house.origin}/vms?q=cluster:truncated`);
  await page.getByText("6 of").waitFor();
  const rows = page.locator('[role="row"][id^="guest-"]');
  assert.deepEqual(new Set(await rows.locator('[role="gridcell"]:first-child').allInnerTexts()), new Set(["Unknown"]));
  await page.goto(`${house.origin}/vms?q=cluster:powerless`);
  await page.getByRole("button", { name: /Clear/ }).waitFor();
});

test("names that are markup are text and nothing else", async () => {
  const { page } = browser;
  await page.goto(`${house.origin}/vms?q=cluster:hostile`);
  await page.getByText("<script>").first().waitFor();
  assert.equal(await page.locator("main script, main img").count(), 0);
  await page.locator('[role="row"][id^="guest-"]').first().click();
  await page.getByRole("heading", { level: 1, name: /<script>/ }).waitFor();
  assert.equal(await page.locator("main script, main img").count(), 0);
});

test("the overview counts what needs a person and names it", async () => {
  const { page } = browser;
  await page.goto(`${house.origin}/dashboard`);
  const attention = page.getByRole("region", { name: "Needs attention" });
  await attention.getByRole("button", { name: /^Show all \d+/ }).click();
  for (const word of ["Token refused", "Unreachable", "Certificate changed", "Offline"]) await attention.getByText(word).first().waitFor();
});

test("nothing was blocked by the content security policy and no script failed", () => {
  assert.deepEqual(browser.faults, []);
});
