// The states of a service over the time of the page: a bar of wall time, the outages in it, and what they add up to.
import { useMemo } from "react";
import { client } from "../../../api/client";
import { useAnswer } from "../../../fleet/ask";
import type { Service, ServiceStates, ServiceUptime } from "../../../fleet/nouns";
import { useNumbers } from "../../../fleet/numbers";
import type { Range } from "../../../fleet/range";
import { cellsOfStates } from "../../../fleet/services/heartbeat";
import { statusLook } from "../../../fleet/services/look";
import { reasonOf } from "../../../fleet/services/reason";
import { useServiceWords } from "../../../fleet/services/words";
import { Answered } from "../../../parts/edges";
import { Facts, Panel } from "../../../parts/panel";
import { StateMark } from "../../../parts/state-mark";
import { type Column, Table } from "../../../parts/table";
import { StateBar } from "../../../views/services/heartbeat";
import styles from "./service-page.module.css";
import { windowOf } from "./window";

const MINUTE = 60_000;
const CELLS = 120;
const MOST_LISTED = 60;
const FIRST = { key: "begin", down: true };

interface Spell {
  key: string;
  begin: string;
  end: string | null;
  what: "state" | "blip";
  status: ServiceStates["intervals"][number]["status"];
  note: string;
}

/** What was not up, and short failures that were no downtime. */
function useSpells(states: ServiceStates): readonly Spell[] {
  const t = useServiceWords();
  return useMemo(() => {
    const intervals = states.intervals
      .filter((one) => one.status !== "up")
      .map((one) => ({
        key: `state ${one.begin}`,
        begin: one.begin,
        end: one.end,
        what: "state" as const,
        status: one.status,
        note: one.in_maintenance ? t("maintenance") : "",
      }));
    const blips = states.blips.map((one) => ({
      key: `blip ${one.begin}`,
      begin: one.begin,
      end: one.end,
      what: "blip" as const,
      status: "warning" as const,
      note: reasonOf(t, one.reason, one.reason_parameter, null).text,
    }));
    return [...intervals, ...blips].sort((a, b) => b.begin.localeCompare(a.begin)).slice(0, MOST_LISTED);
  }, [states, t]);
}

function SpellTable({ states }: { states: ServiceStates }) {
  const t = useServiceWords();
  const numbers = useNumbers();
  const spells = useSpells(states);
  const seconds = (one: Spell) => ((one.end ? Date.parse(one.end) : Date.now()) - Date.parse(one.begin)) / 1000;
  const columns: readonly Column<Spell>[] = [
    {
      key: "state",
      title: t("fleet:field.state"),
      cell: (one) => (one.what === "blip" ? <span>{t("states.blip")}</span> : <StateMark look={statusLook(one.status)} />),
    },
    { key: "begin", title: t("states.begin"), cell: (one) => numbers.moment(one.begin), by: (one) => one.begin },
    {
      key: "length",
      title: t("states.length"),
      right: true,
      cell: (one) => (one.end === null ? t("states.still", { time: numbers.duration(seconds(one)) }) : numbers.duration(seconds(one))),
      by: seconds,
    },
    { key: "note", title: t("fleet:field.note"), wideOnly: true, cell: (one) => <span title={one.note}>{one.note}</span> },
  ];
  return (
    <Table label={t("states.list")} rows={spells} columns={columns} rowKey={(one) => one.key} empty={t("states.none")} first={FIRST} />
  );
}

export function StatesPanel({ service, range }: { service: Service; range: Range }) {
  const t = useServiceWords();
  const states = useAnswer<ServiceStates>(
    ["service-states", service.id, String(range.seconds), String(range.to)],
    () => {
      const params = { path: { id: service.id }, query: { ...windowOf(range), cells: CELLS } };
      return client.GET("/api/services/{id}/states", { params });
    },
    range.to === null ? MINUTE : null,
  );
  return (
    <Panel title={t("states.title")} wide>
      <Answered answer={states}>
        {(answer) => (
          <>
            <StateBar label={t("states.title")} cells={cellsOfStates(answer.cells, answer.cell_seconds)} />
            <div className={styles.below}>
              <SpellTable states={answer} />
            </div>
          </>
        )}
      </Answered>
    </Panel>
  );
}

const HOURS = [24, 720, 2160] as const;
const WORDS = { 24: "list.day", 720: "list.month", 2160: "list.quarter" } as const;

function UptimeColumn({ service, hours }: { service: Service; hours: (typeof HOURS)[number] }) {
  const t = useServiceWords();
  const numbers = useNumbers();
  const params = { path: { id: service.id }, query: { hours } };
  const answer = useAnswer<ServiceUptime>(
    ["service-uptime", service.id, String(hours)],
    () => client.GET("/api/services/{id}/uptime", { params }),
    5 * MINUTE,
  );
  const millis = (value: number | null) => numbers.duration(value === null ? null : value / 1000);
  return (
    <section aria-label={t(WORDS[hours])}>
      <h3 className={styles.span}>{t(WORDS[hours])}</h3>
      <Answered answer={answer}>
        {(uptime) => {
          const known = uptime.coverage_ratio;
          return (
            <>
              <div className={styles.big}>{numbers.share(uptime.uptime_percent)}</div>
              <p className={styles.muted}>
                {known !== null && known < 0.999 && t("fleet:uptime.known", { share: numbers.percent(Math.floor(known * 1000) / 1000) })}
              </p>
              <Facts
                facts={[
                  { name: t("uptime.down"), value: millis(uptime.down_ms) },
                  uptime.unreachable_ms > 0 ? { name: t("fleet:service.state.unreachable"), value: millis(uptime.unreachable_ms) } : null,
                  uptime.maintenance_ms > 0 ? { name: t("maintenance"), value: millis(uptime.maintenance_ms) } : null,
                  { name: t("uptime.outages"), value: numbers.count(uptime.outages) },
                  { name: t("uptime.blips"), value: <span title={t("uptime.blipsHelp")}>{numbers.count(uptime.blips)}</span> },
                  { name: t("uptime.longest"), value: millis(uptime.longest_outage_ms) },
                  { name: t("uptime.repair"), value: millis(uptime.mean_to_repair_ms) },
                  { name: t("uptime.between"), value: millis(uptime.mean_between_failures_ms) },
                ]}
              />
            </>
          );
        }}
      </Answered>
    </section>
  );
}

export function UptimePanel({ service }: { service: Service }) {
  const t = useServiceWords();
  return (
    <Panel title={t("fleet:uptime.title")} wide>
      <div className={styles.spans}>
        {HOURS.map((hours) => (
          <UptimeColumn key={hours} service={service} hours={hours} />
        ))}
      </div>
    </Panel>
  );
}
