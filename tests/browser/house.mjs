// A simulated fleet, a Monitorix on it and a headless Chromium, for the browser tests. All real, all on loopback.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";

const ROOT = resolve(import.meta.dirname, "../..");
const BUILD = process.env.MONITORIX_BUILD ?? join(ROOT, "build/release");
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--lang=en-GB"];
export const PASSWORD = "correct horse battery staple";

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

function start(name, args, room) {
  const child = spawn(join(BUILD, name), args, { stdio: ["ignore", "pipe", "pipe"] });
  const said = { text: "" };
  child.stdout.on("data", (bytes) => (said.text += bytes));
  child.stderr.on("data", (bytes) => (said.text += bytes));
  const ended = new Promise((done) => child.on("exit", done));
  return { child, said, room, stop: async () => { child.kill("SIGTERM"); await ended; } };
}

/** Starts the house; `simulator` and `server` are further arguments of the two programs. */
export async function openHouse({ simulator = ["--clusters", "1", "--nodes", "3", "--guests", "30"], server = [] } = {}) {
  const room = mkdtempSync(join(tmpdir(), "monitorix-browser-"));
  const control = await freePort();
  const port = await freePort();
  const sim = start("pvesim", ["--control", String(control), "--seed", "7", "--no-events", ...simulator], room);
  await until("pvesim", 60_000, () => sim.said.text.includes("\nready"));
  const endpoints = sim.said.text.split("\n").filter((line) => line.startsWith('{"cluster"')).map((line) => JSON.parse(line));
  const data = join(room, "data");
  const monitorix = start("monitorix", ["serve", "--data", data, "--listen", `127.0.0.1:${port}`, "--web", join(ROOT, "web/dist"),
    "--rate-limit-address-per-minute", "0", "--rate-limit-address-per-hour", "0", "--rate-limit-user-per-minute", "0", ...server], room);
  const origin = `http://127.0.0.1:${port}`;
  await until(`monitorix (${monitorix.said.text})`, 30_000, async () => (await fetch(`${origin}/health`).catch(() => null))?.ok);
  return {
    origin, endpoints, monitorix, data,
    setupToken: () => readFileSync(join(data, "setup-token"), "utf8").trim(),
    order: async (path, body) => {
      const answer = await fetch(`http://127.0.0.1:${control}${path}`, { method: "POST", body: body && JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    },
    close: async () => {
      await monitorix.stop();
      await sim.stop();
      rmSync(room, { recursive: true, force: true });
    },
  };
}

/** Makes the account and connects the first cluster through the API; returns an access token. */
export async function furnish(house, { connect = true } = {}) {
  const call = async (path, body, token) => {
    const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
    const answer = await fetch(house.origin + path, { method: "POST", headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  await call("/api/auth/register", { username: "admin", email: "admin@example.org", password: PASSWORD, setup_token: house.setupToken() });
  const { access_token: token } = await call("/api/auth/login", { username: "admin", password: PASSWORD });
  if (!connect) return token;
  const [first] = house.endpoints;
  const url = new URL(first.url);
  const cut = first.token.lastIndexOf("=");
  await call("/api/clusters", {
    name: first.cluster, endpoints: [{ address: url.hostname, port: Number(url.port) }], poll_interval_seconds: 10,
    token_id: first.token.slice(0, cut), token_secret: first.token.slice(cut + 1),
    tls: { mode: "fingerprint", fingerprints: [first.fingerprint] },
  }, token);
  return token;
}

/** A page that notes what must not happen: script errors and violations of the content security policy. */
export async function openBrowser() {
  const profile = mkdtempSync(join(tmpdir(), "monitorix-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: "/usr/bin/chromium", headless: true, args: FLAGS, viewport: { width: 1440, height: 900 }, locale: "en-GB",
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !/Failed to load resource/.test(text)) faults.push(text);
  });
  return { page, context, faults, close: async () => { await context.close(); rmSync(profile, { recursive: true, force: true }); } };
}

export async function signIn(page, origin) {
  await page.goto(`${origin}/login`);
  await page.getByLabel("User name").fill("admin");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
}
