// What happened, in words: for the marks of charts and for timelines. Pure. Names come from Proxmox and stay as they are.
import type { SeriesMark } from "./nouns";
import type { Words } from "./words";

/** What a mark and an entry of a timeline share. */
export type Happening = Pick<SeriesMark, "kind" | "severity" | "object" | "name" | "from" | "to" | "task">;
export type HappeningTone = "ok" | "off" | "warn" | "crit";

/** The words that Proxmox VE's own pages have for its tasks, by what is done; the types of VMs and containers share one. */
const DEEDS: Readonly<Record<string, string>> = {
  vzdump: "backup",
  start: "start",
  stop: "stop",
  shutdown: "shutdown",
  reboot: "reboot",
  reset: "reset",
  suspend: "hibernate",
  pause: "pause",
  resume: "resume",
  create: "create",
  destroy: "destroy",
  clone: "clone",
  migrate: "migrate",
  qmigrate: "migrate",
  restore: "restore",
  snapshot: "snapshot",
  delsnapshot: "deleteSnapshot",
  rollback: "rollback",
  config: "configure",
  template: "template",
  move: "moveDisk",
  move_volume: "moveDisk",
  resize: "resize",
  startall: "bulkStart",
  stopall: "bulkShutdown",
  migrateall: "bulkMigrate",
  aptupdate: "packages",
  vncproxy: "console",
  vncshell: "console",
  termproxy: "console",
  spiceproxy: "console",
  spiceshell: "console",
  srvstart: "serviceStart",
  srvstop: "serviceStop",
  srvrestart: "serviceRestart",
  srvreload: "serviceReload",
  download: "download",
  imgcopy: "copyImage",
  imgdel: "eraseImage",
};

/** "qmstart", "vzstart" and "hastart" all start; a type that nobody named is shown as it is. */
export function taskWord(t: Words, type: string): string {
  const deed = DEEDS[type] ?? DEEDS[type.replace(/^(qm|vz|ha)(?=[a-z])/, "")];
  return deed ? t(`event.task.${deed}`) : type;
}

const PLACES: Readonly<Record<string, string>> = { vm: "guest", node: "node", storage: "storage", cluster: "cluster", service: "service" };

function stateWord(t: Words, object: string, state: string): string {
  const place = PLACES[object.split(":")[0] ?? ""];
  return place ? t(`${place}.state.${state}`) : state;
}

function deedWords(t: Words, { kind, object, from, to, task }: Happening): string {
  if (kind === "task" && task) {
    const word = taskWord(t, task.type);
    return task.outcome === null || task.outcome === "ok" ? word : t(`event.outcome.${task.outcome}`, { task: word });
  }
  if (kind === "migration") return t("event.moved", { from: from ?? "–", to: to ?? "–" });
  if (kind === "appeared") return t("event.appeared");
  if (kind === "notice") return t("event.notice", { title: to ?? "–" });
  const state = stateWord(t, object, to ?? "unknown");
  return from ? t("event.state", { state, before: stateWord(t, object, from) }) : state;
}

/** With the object's name, unless the reader is at that object's own page (`own`). */
export function happeningWords(t: Words, happening: Happening, own: string | null): string {
  const deed = deedWords(t, happening);
  return happening.object === own ? deed : t("event.of", { name: happening.name, event: deed });
}

/** What went well and what only changed differ in shape: a task that ended, and a state that is another. */
export function happeningTone({ kind, severity }: Happening): HappeningTone {
  if (severity === "error") return "crit";
  if (severity === "warning") return "warn";
  return kind === "task" ? "ok" : "off";
}
