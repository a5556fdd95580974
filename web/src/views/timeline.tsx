// What happened to a guest, or to a node and on it, newest first.
import { type ReactNode, useState } from "react";
import { client } from "../api/client";
import { useAnswer } from "../fleet/ask";
import { happeningTone, happeningWords } from "../fleet/happening";
import type { TimelineEntry } from "../fleet/nouns";
import { useNumbers } from "../fleet/numbers";
import { useWords } from "../fleet/words";
import { Answered } from "../parts/edges";
import { Panel } from "../parts/panel";
import { Shape } from "../parts/state-mark";
import { Button } from "../ui/button";
import styles from "./timeline.module.css";

const FIRST = 12;
const MORE = 50;
const MOST = 1000;
const EVERY_MS = 30_000;

/** What Proxmox itself says, where it is more than "OK"; who did it, and how long it took. */
function Details({ entry: { task, at, until } }: { entry: TimelineEntry }) {
  const numbers = useNumbers();
  const said = task?.status && task.status !== "OK" ? task.status : null;
  const took = until ? numbers.duration((Date.parse(until) - Date.parse(at)) / 1000) : null;
  const details = [said, task?.user, task?.node, took].filter(Boolean).join(" · ");
  return details ? <span className={styles.details}>{details}</span> : null;
}

/** What happened, newest first. */
export function Happenings({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ol className={styles.list} aria-label={label}>
      {children}
    </ol>
  );
}

export function Happened({ at, children }: { at: string; children: ReactNode }) {
  const numbers = useNumbers();
  return (
    <li className={styles.entry}>
      <time className={styles.time} dateTime={at} title={numbers.ago(at)}>
        {numbers.moment(at)}
      </time>
      <span className={styles.what}>{children}</span>
    </li>
  );
}

function Entry({ entry, own }: { entry: TimelineEntry; own: string }) {
  const t = useWords();
  return (
    <Happened at={entry.at}>
      <Shape tone={happeningTone(entry)} /> <span>{happeningWords(t, entry, own)}</span> <Details entry={entry} />
    </Happened>
  );
}

export function TimelinePanel({ kind, id }: { kind: "vms" | "nodes"; id: string }) {
  const t = useWords();
  const [limit, show] = useState(FIRST);
  const params = { params: { path: { id }, query: { limit } } };
  const ask = () => (kind === "vms" ? client.GET("/api/vms/{id}/timeline", params) : client.GET("/api/nodes/{id}/timeline", params));
  const answer = useAnswer(["timeline", kind, id, String(limit)], ask, EVERY_MS);
  const own = `${kind === "vms" ? "vm" : "node"}:${id}`;
  return (
    <Panel title={t("event.title")} wide>
      <Answered answer={answer}>
        {({ items, next_cursor }) => (
          <>
            {items.length === 0 && <p className={styles.empty}>{t("event.none")}</p>}
            <Happenings label={t("event.title")}>
              {items.map((entry) => (
                <Entry key={entry.id} entry={entry} own={own} />
              ))}
            </Happenings>
            {next_cursor && limit < MOST && (
              <Button look="quiet" onClick={() => show(Math.min(MOST, limit + MORE))}>
                {t("event.more")}
              </Button>
            )}
          </>
        )}
      </Answered>
    </Panel>
  );
}
