// A simulated fleet, a Monitorix on it and a headless Chromium, for the browser tests. All real, all on loopback.
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach } from "node:test";
import { chromium } from "playwright-core";

const ROOT = resolve(import.meta.dirname, "../..");
const BUILD = process.env.MONITORIX_BUILD ?? join(ROOT, "build/release");
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--lang=en-GB"];
export const PASSWORD = "correct horse battery staple";
export const ENGINES = ["SQLite", "PostgreSQL"];

const openPages = new Set();
const openHouses = new Set();

// Whoever reads of a failure later cannot look at the page any more: it is told what stood there and what the server said.
afterEach(async (context) => {
  if (context.passed) return;
  for (const page of openPages) context.diagnostic(`${page.url()}\n${await page.locator("body").innerText({ timeout: 2000 }).catch(String)}`);
  for (const words of openHouses) context.diagnostic(words().slice(-4000));
});

function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

export async function until(what, milliseconds, question) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${milliseconds} ms`);
    await sleep(50);
  }
}

/**
 * Waits for a text on a page that was just loaded. Now and then a look at such a page is never answered, though the page
 * shows the text and answers the next look: so several looks of a few seconds each, not one of thirty.
 */
export function awaitText(page, text) {
  const look = () => page.getByText(text, { exact: true }).first().waitFor({ timeout: 3000 });
  return until(`"${text}" on the page`, 30_000, () => look().then(() => true, () => false));
}

function start(name, args, room) {
  const child = spawn(join(BUILD, name), args, { stdio: ["ignore", "pipe", "pipe"] });
  const said = { text: "" };
  child.stdout.on("data", (bytes) => (said.text += bytes));
  child.stderr.on("data", (bytes) => (said.text += bytes));
  let hasEnded = false;
  const ended = new Promise((done) => child.on("exit", () => done((hasEnded = true))));
  return { child, said, room, hasEnded: () => hasEnded, stop: async () => { child.kill("SIGTERM"); await ended; } };
}

/** Starts a program on a port that was free a moment ago; when another has taken it meanwhile, on the next one. */
async function startOnFreePort(begin, isReady) {
  for (let tries = 1; ; tries += 1) {
    const port = await freePort();
    const program = begin(port);
    await until("a program", 60_000, async () => program.hasEnded() || (await isReady(program, port)));
    if (!program.hasEnded()) return { program, port };
    if (tries === 3) throw new Error(`it ended by itself: ${program.said.text}`);
  }
}

/** Where Monitorix keeps its things: nothing to say for SQLite, a database of its own on the PostgreSQL of the tests. */
function makeDatabase(engine) {
  if (engine === "SQLite") return { words: [], drop: () => undefined };
  const server = process.env.MONITORIX_TEST_POSTGRES;
  if (!server) throw new Error("MONITORIX_TEST_POSTGRES is not set; tools/dev/postgres.sh start prints an address for it");
  const name = `browser_${randomBytes(6).toString("hex")}`;
  const order = (sql) => execFileSync("psql", ["--quiet", "--no-psqlrc", "--command", sql, server], { stdio: ["ignore", "ignore", "inherit"] });
  order(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { words: ["--database", url.href], drop: () => order(`DROP DATABASE ${name} WITH (FORCE)`) };
}

/** Starts the house; `simulator` and `server` are further arguments of the two programs. */
export async function openHouse({ simulator = ["--clusters", "1", "--nodes", "3", "--guests", "30"], server = [], engine = "SQLite" } = {}) {
  const database = makeDatabase(engine); // first: when there is no server, nothing is left running
  const room = mkdtempSync(join(tmpdir(), "monitorix-browser-"));
  const { program: sim, port: control } = await startOnFreePort(
    (free) => start("pvesim", ["--control", String(free), "--seed", "7", "--no-events", ...simulator], room),
    ({ said }) => said.text.includes("\nready"),
  );
  const lines = (start) => sim.said.text.split("\n").filter((line) => line.startsWith(start)).map((line) => JSON.parse(line));
  const endpoints = lines('{"cluster"');
  const servers = lines('{"pbs"');
  const data = join(room, "data");
  const begin = (at) =>
    start("monitorix", ["serve", "--data", data, "--listen", `127.0.0.1:${at}`, "--web", join(ROOT, "web/dist"), ...database.words,
      "--rate-limit-address-per-minute", "0", "--rate-limit-address-per-hour", "0", "--rate-limit-user-per-minute", "0", ...server], room);
  const answers = async (at) => (await fetch(`http://127.0.0.1:${at}/health`).catch(() => null))?.ok;
  const first = await startOnFreePort(begin, (_, at) => answers(at));
  const { port } = first;
  const origin = `http://127.0.0.1:${port}`;
  const serve = async () => {
    const program = begin(port);
    await until("monitorix", 30_000, () => answers(port)).catch((error) => {
      throw new Error(`${error.message}\n${program.said.text}`);
    });
    return program;
  };
  let monitorix = first.program;
  const words = () => monitorix.said.text;
  openHouses.add(words);
  return {
    origin, endpoints, servers, data,
    /** The first node of each cluster. */
    clusters: endpoints.filter((one, at) => endpoints.findIndex((other) => other.cluster === one.cluster) === at),
    stopServer: () => monitorix.stop(),
    startServer: async () => { monitorix = await serve(); },
    setupToken: () => readFileSync(join(data, "setup-token"), "utf8").trim(),
    order: async (path, body) => {
      const answer = await fetch(`http://127.0.0.1:${control}${path}`, { method: "POST", body: body && JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    },
    /** What the simulator has counted. */
    counted: async () => (await fetch(`http://127.0.0.1:${control}/stats`)).json(),
    close: async () => {
      openHouses.delete(words);
      await monitorix.stop();
      await sim.stop();
      database.drop();
      rmSync(room, { recursive: true, force: true });
    },
  };
}

/** A call of the API as the administrator would make it; the answer's body, or an error that tells all. */
export async function ask(house, method, path, { body, token } = {}) {
  const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
  const answer = await fetch(house.origin + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}

/** Connects a cluster by one of its nodes; `secret` stands in for the token that the simulator gave out. */
export function connect(house, token, endpoint, { name = endpoint.cluster, secret = endpoint.token } = {}) {
  const url = new URL(endpoint.url);
  const cut = secret.lastIndexOf("=");
  const body = {
    name, endpoints: [{ address: url.hostname, port: Number(url.port) }], poll_interval_seconds: 10,
    token_id: secret.slice(0, cut), token_secret: secret.slice(cut + 1),
    tls: { mode: "fingerprint", fingerprints: [endpoint.fingerprint] },
  };
  return ask(house, "POST", "/api/clusters", { body, token });
}

/** Makes the account and connects every cluster through the API; returns an access token. */
export async function furnish(house, { clusters = house.clusters } = {}) {
  const account = { username: "admin", email: "admin@example.org", password: PASSWORD, setup_token: house.setupToken() };
  await ask(house, "POST", "/api/auth/register", { body: account });
  const { access_token: token } = await ask(house, "POST", "/api/auth/login", { body: { username: "admin", password: PASSWORD } });
  for (const endpoint of clusters) await connect(house, token, endpoint);
  return token;
}

/** A page that notes what must not happen: script errors and violations of the content security policy. */
export async function openBrowser({ flags = [] } = {}) {
  const profile = mkdtempSync(join(tmpdir(), "monitorix-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: "/usr/bin/chromium", headless: true, args: [...FLAGS, ...flags], viewport: { width: 1440, height: 900 }, locale: "en-GB",
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const faults = [];
  openPages.add(page);
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    const text = message.text();
    // A server that is away on purpose is no fault of the page.
    if (message.type() === "error" && !/Failed to load resource|WebSocket connection to .* failed/.test(text)) faults.push(text);
  });
  return { page, context, faults, close: async () => { openPages.delete(page); await context.close(); rmSync(profile, { recursive: true, force: true }); } };
}

export async function signIn(page, origin, username = "admin") {
  await page.goto(`${origin}/login`);
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
}

/** A page of somebody who may only look, signed in instead of whoever was. */
export async function openAsViewer(house, browser, token) {
  const account = { username: "vera", email: "vera@example.org", password: PASSWORD, role: "viewer" };
  await ask(house, "POST", "/api/users", { body: account, token });
  const page = await browser.context.newPage();
  await browser.context.clearCookies();
  await signIn(page, house.origin, "vera");
  return page;
}
