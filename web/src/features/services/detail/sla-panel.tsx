// Uptime by calendar month against a target, with what is left of the time that may be lost.
import { useState } from "react";
import { client } from "../../../api/client";
import { useAnswer } from "../../../fleet/ask";
import type { Service, ServiceSla } from "../../../fleet/nouns";
import { useNumbers } from "../../../fleet/numbers";
import { useServiceWords } from "../../../fleet/services/words";
import { timeZone } from "../../../format/time";
import { Answered } from "../../../parts/edges";
import { Panel } from "../../../parts/panel";
import { Shape } from "../../../parts/state-mark";
import { type Column, Table } from "../../../parts/table";
import styles from "./service-page.module.css";

const TARGETS = ["99", "99.5", "99.9", "99.95", "99.99"] as const;
const HOUR = 3_600_000;

type Month = ServiceSla["months"][number];

function Met({ month }: { month: Month }) {
  const t = useServiceWords();
  if (month.is_insufficient) return <span title={t("sla.insufficientHelp")}>{t("sla.insufficient")}</span>;
  if (month.is_met === null) return <>–</>;
  return (
    <span className={styles.met}>
      <Shape tone={month.is_met ? "ok" : "crit"} /> {t(month.is_met ? "sla.met" : "sla.missed")}
    </span>
  );
}

export function SlaPanel({ service }: { service: Service }) {
  const t = useServiceWords();
  const numbers = useNumbers();
  const [target, setTarget] = useState<string>("99.9");
  const zone = timeZone() ?? Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
  const query = { months: 12, time_zone: zone, target_percent: Number(target) };
  const sla = useAnswer<ServiceSla>(
    ["service-sla", service.id, target, zone],
    () => client.GET("/api/services/{id}/sla", { params: { path: { id: service.id }, query } }),
    HOUR,
  );
  const budget = (month: Month) => {
    if (month.budget_left_ms === null) return "–";
    const time = numbers.duration(Math.abs(month.budget_left_ms) / 1000);
    return month.budget_left_ms < 0 ? t("sla.overspent", { time }) : time;
  };
  const columns: readonly Column<Month>[] = [
    { key: "month", title: t("sla.month"), cell: (month) => month.month, by: (month) => month.month },
    { key: "met", title: t("sla.target"), cell: (month) => <Met month={month} /> },
    { key: "uptime", title: t("fleet:uptime.title"), right: true, cell: (month) => numbers.share(month.uptime_percent) },
    {
      key: "known",
      title: t("sla.known"),
      right: true,
      wideOnly: true,
      cell: (month) => numbers.percent(month.coverage_ratio === null ? null : Math.floor(month.coverage_ratio * 1000) / 1000),
    },
    { key: "down", title: t("uptime.down"), right: true, cell: (month) => numbers.duration(month.down_ms / 1000) },
    { key: "outages", title: t("uptime.outages"), right: true, wideOnly: true, cell: (month) => numbers.count(month.outages) },
    { key: "budget", title: t("sla.budget"), right: true, cell: budget },
  ];
  const choice = (
    <label className={styles.choice}>
      {t("sla.target")}
      <select value={target} onChange={(event) => setTarget(event.target.value)}>
        {TARGETS.map((one) => (
          <option key={one} value={one}>
            {numbers.share(Number(one))}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <Panel title={t("sla.title")} wide actions={choice}>
      <Answered answer={sla}>
        {(answer) => (
          <Table label={t("sla.title")} rows={answer.months} columns={columns} rowKey={(month) => month.month} empty={t("sla.empty")} />
        )}
      </Answered>
    </Panel>
  );
}
