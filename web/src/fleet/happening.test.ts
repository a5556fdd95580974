import { createInstance } from "i18next";
import { expect, it } from "vitest";
import words from "../i18n/en/fleet.json";
import { type Happening, happeningTone, happeningWords, taskWord } from "./happening";
import type { Words } from "./words";

const i18n = createInstance();
await i18n.init({ lng: "en", defaultNS: "fleet", resources: { en: { fleet: words } }, interpolation: { escapeValue: false } });
const t = ((key: string, values?: object) => i18n.t(key, { ...values })) as Words;

const happening = (part: Partial<Happening>): Happening => ({
  kind: "state",
  severity: "info",
  object: "vm:7",
  name: "web",
  from: null,
  to: null,
  task: null,
  ...part,
});
const task = (type: string, outcome: "ok" | "warnings" | "failed" | null) =>
  happening({
    kind: "task",
    task: { type, outcome, status: "OK", user: "root@pam", node: "pve1", target: "107", upid: "UPID:1" },
  });

it("names tasks as Proxmox does, and one it does not know as it is", () => {
  expect(
    ["vzdump", "qmstart", "vzstart", "qmigrate", "vzmigrate", "hamigrate", "qmdelsnapshot", "cephcreateosd"].map((type) =>
      taskWord(t, type),
    ),
  ).toEqual(["Backup", "Start", "Start", "Migrate", "Migrate", "Migrate", "Delete snapshot", "cephcreateosd"]);
});

it("says what happened, whose it was only on the pages of others, and what was before", () => {
  expect(happeningWords(t, task("vzdump", "failed"), "vm:7")).toBe("Backup failed");
  expect(happeningWords(t, task("vzdump", "warnings"), "node:1")).toBe("web: Backup, with warnings");
  expect(happeningWords(t, happening({ from: "running", to: "stopped" }), "vm:7")).toBe("Stopped (before: Running)");
  expect(happeningWords(t, happening({ kind: "migration", from: "pve1", to: "pve2" }), "vm:7")).toBe("Moved from pve1 to pve2");
  expect(happeningWords(t, happening({ object: "cluster:1", from: "ok", to: "tls_mismatch" }), "cluster:1")).toBe(
    "Certificate changed (before: Connected)",
  );
  expect(happeningWords(t, happening({ kind: "appeared", to: "running" }), "vm:7")).toBe("Seen for the first time");
});

it("tells what failed from what went well and from what only changed", () => {
  expect(happeningTone(task("vzdump", "ok"))).toBe("ok");
  expect(happeningTone(happening({}))).toBe("off");
  expect(happeningTone(happening({ severity: "warning" }))).toBe("warn");
  expect(happeningTone(happening({ severity: "error" }))).toBe("crit");
});
