// Services as an administrator meets them: tested before it is saved, up, then down with its reason, found in the list, in
// the overview and on its guest; a heartbeat that reports; a public status page that tells nobody where anything runs.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { ask, furnish, openBrowser, openHouse, signIn, until } from "./house.mjs";
import { seriousFindings } from "./look.mjs";

/** A web server that is well until it is told otherwise. */
async function openTarget() {
  let status = 200;
  const server = createServer((_, answer) => answer.writeHead(status, { "Content-Type": "text/plain" }).end("ok-canary\n"));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}/health`,
    port: server.address().port,
    answerWith: (next) => { status = next; },
    close: () => new Promise((done) => server.close(done)),
  };
}

const service = (house, token, id) => ask(house, "GET", `/api/services/${id}`, { token });

test("a service is tried, saved, up, down with its reason, and shown on its guest and to the public", async () => {
  const target = await openTarget();
  const house = await openHouse({ server: ["--outbound-allow", "127.0.0.0/8"] });
  const browser = await openBrowser();
  const { page } = browser;
  try {
    const token = await furnish(house);
    const guests = await until("guests", 60_000, async () => {
      const all = await ask(house, "GET", "/api/vms?status=running", { token });
      return all.length > 0 && all;
    });
    const guest = guests.find((one) => !one.is_template);
    await signIn(page, house.origin);

    await page.goto(`${house.origin}/services`);
    await page.getByRole("heading", { name: "No service is watched yet" }).waitFor();
    await page.goto(`${house.origin}/services/new?vm_id=${guest.id}`);
    await page.getByLabel("Name", { exact: true }).fill("Shop");
    await page.getByLabel("Address (URL)").fill(target.url);
    await page.getByRole("button", { name: "Test now" }).click();
    await page.getByRole("region", { name: "Test" }).getByText("status 200").waitFor({ timeout: 20_000 });
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByLabel("Every so many seconds").fill("2");
    await page.getByLabel("Seconds to wait at most").fill("1");
    await page.getByText("When it counts as down").click();
    await page.getByLabel("Failures that are forgiven").fill("1");
    await page.getByLabel("Seconds between retries").fill("1");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { level: 1, name: "Shop" }).waitFor();
    const id = page.url().split("/").at(-1);
    await until("it is up", 30_000, async () => (await service(house, token, id)).status === "up");
    await page.locator("header").getByText("Up", { exact: true }).waitFor();
    await page.getByRole("table", { name: "Results" }).getByRole("row").nth(1).waitFor();
    assert.deepEqual(await seriousFindings(page), []);

    target.answerWith(503);
    await until("it is down", 30_000, async () => (await service(house, token, id)).status === "down");
    await page.locator("header").getByText("Down", { exact: true }).waitFor();
    await page.getByRole("alert").getByText("none of the good ones").waitFor();
    await page.goto(`${house.origin}/services?q=status%3Adown`);
    await page.getByRole("row", { name: /Shop/ }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.goto(`${house.origin}/dashboard`);
    await page.getByRole("region", { name: "Needs attention" }).getByRole("link", { name: "Shop" }).waitFor();
    await page.goto(`${house.origin}/vms/${guest.id}`);
    await page.getByRole("region", { name: "Services watched" }).getByRole("link", { name: "Shop" }).waitFor();

    await page.goto(`${house.origin}/status-pages/new`);
    await page.getByLabel("Title").fill("Our shop");
    await page.getByRole("button", { name: "+ Shop" }).click();
    await page.getByLabel("What visitors read for Shop").fill("Web shop");
    await page.getByLabel("Anyone may read it").check();
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name: "Open the public page" }).waitFor();
    await page.goto(`${house.origin}/status/our-shop`);
    await page.getByRole("heading", { name: "Web shop" }).waitFor();
    const shown = await page.content();
    for (const secret of ["127.0.0.1", `:${target.port}`, guest.name, "canary", "/health", "/vms/"])
      assert.ok(!shown.includes(secret), `the public page says ${secret}`);
    assert.doesNotMatch(await page.locator("body").innerText(), new RegExp(`\\b${guest.vmid}\\b`));
    assert.deepEqual(await seriousFindings(page), []);
    assert.deepEqual(browser.faults, []);
  } finally {
    await browser.close();
    await house.close();
    await target.close();
  }
});

/** Gives a token for the client "watch" and "s3cret", and lets it in at every other path. */
async function openSignIn() {
  const basic = `Basic ${Buffer.from("watch:s3cret").toString("base64")}`;
  const server = createServer((question, answer) => {
    const says = (status, body) => answer.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    const { authorization } = question.headers;
    if (question.url !== "/token") return says(authorization === "Bearer t-1" ? 200 : 401, {});
    return authorization === basic ? says(200, { access_token: "t-1", token_type: "Bearer", expires_in: 600 }) : says(401, { error: "invalid_client" });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => new Promise((done) => server.close(done)) };
}

test("a check signs in with a token that it fetches, and its secret is not led elsewhere", async () => {
  const there = await openSignIn();
  const house = await openHouse({ server: ["--outbound-allow", "127.0.0.0/8"] });
  const browser = await openBrowser();
  const { page } = browser;
  try {
    const token = await furnish(house, { clusters: [] });
    await signIn(page, house.origin);
    await page.goto(`${house.origin}/services/new?type=http`);
    await page.getByLabel("Name", { exact: true }).fill("Orders");
    await page.getByLabel("Address (URL)").fill(`${there.url}/orders`);
    await page.getByText("How it is asked").click();
    assert.equal(await page.getByLabel("Address that gives the token").count(), 0);
    await page.getByLabel("Sign in with").selectOption("oauth2");
    await page.getByLabel("User name, or the client's id").fill("watch");
    await page.getByLabel("Password, token or the client's secret").fill("wrong");
    await page.getByLabel("Address that gives the token").fill(`${there.url}/token`);
    const found = page.getByRole("region", { name: "Test" });
    await page.getByRole("button", { name: "Test now" }).click();
    await found.getByText("No token could be fetched to sign in with.").waitFor({ timeout: 20_000 });
    await page.getByLabel("Password, token or the client's secret").fill("s3cret");
    await page.getByRole("button", { name: "Test now" }).click();
    await found.getByText("status 200").waitFor({ timeout: 20_000 });
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { level: 1, name: "Orders" }).waitFor();
    const id = page.url().split("/").at(-1);
    await until("it is up", 30_000, async () => (await service(house, token, id)).status === "up");

    await page.goto(`${house.origin}/services/${id}/edit`);
    await page.getByText("How it is asked").click();
    await page.getByLabel("Address that gives the token").fill("http://127.0.0.1:9/token");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Enter it again: it would be sent elsewhere than before.").waitFor();
    assert.equal((await service(house, token, id)).options.http.token_url, `${there.url}/token`);
    assert.deepEqual(browser.faults, []);
  } finally {
    await browser.close();
    await house.close();
    await there.close();
  }
});

test("a job reports by its token, in a narrow and dark window, in German", async () => {
  const house = await openHouse();
  const browser = await openBrowser();
  const { page } = browser;
  try {
    const token = await furnish(house);
    await ask(house, "PUT", "/api/auth/me", { token, body: { language: "de", theme: "dark" } });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${house.origin}/login`);
    await page.locator("input[autocomplete=username]").fill("admin");
    await page.locator("input[type=password]").fill("correct horse battery staple");
    await page.locator("button[type=submit]").click();
    await page.waitForURL("**/dashboard");
    await page.goto(`${house.origin}/services/new?type=push`);
    await page.getByLabel("Name", { exact: true }).fill("Nachtsicherung");
    await page.getByRole("button", { name: "Anlegen" }).click();
    const lines = await page.getByRole("region", { name: "Aus einer Shell" }).innerText();
    const url = /"(http[^"]+)"/.exec(lines)[1];
    assert.equal((await fetch(url)).status, 200);
    await page.getByRole("link", { name: "Zum Dienst" }).click();
    await page.locator("header").getByText("Verfügbar", { exact: true }).waitFor({ timeout: 20_000 });
    assert.equal((await fetch(`${url}?status=down&msg=disk+full`)).status, 200);
    await page.locator("header").getByText("Ausgefallen", { exact: true }).waitFor({ timeout: 30_000 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
    assert.deepEqual(await seriousFindings(page), []);
    assert.deepEqual(browser.faults, []);
  } finally {
    await browser.close();
    await house.close();
  }
});

test("the page of a service without phases draws its response time", async () => {
  const house = await openHouse({ server: ["--outbound-allow", "127.0.0.0/8"] });
  const browser = await openBrowser();
  const { page } = browser;
  try {
    const token = await furnish(house);
    const made = await ask(house, "POST", "/api/services", { token, body: { name: "Gateway", type: "ping", target: "127.0.0.1" } });
    await signIn(page, house.origin);
    const asked = page.waitForResponse((answer) => answer.url().includes("/api/metrics/series?"), { timeout: 20_000 });
    await page.goto(`${house.origin}/services/${made.id}`);
    assert.equal((await asked).status(), 200);
    await page.getByRole("heading", { name: "Response time" }).waitFor();
    assert.equal(await page.getByText("This could not be loaded").count(), 0);
  } finally {
    await browser.close();
    await house.close();
  }
});
