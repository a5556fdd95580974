// The services of one object on its own page: a plain table of a few rows.
import { Link } from "react-router";
import type { Service } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { serviceLook, statusRank, targetText } from "../../fleet/services/look";
import { useServiceWords } from "../../fleet/services/words";
import { StateMark } from "../../parts/state-mark";
import { type Column, Table } from "../../parts/table";
import { RowBar } from "./heartbeat";
import { Share } from "./share";

const FIRST = { key: "state", down: false };

export default function ServicesTable({ services }: { services: readonly Service[] }) {
  const t = useServiceWords();
  const numbers = useNumbers();
  const columns: readonly Column<Service>[] = [
    {
      key: "state",
      title: t("fleet:field.state"),
      cell: (one) => <StateMark look={serviceLook(one)} />,
      by: (one) => statusRank(one.status),
    },
    {
      key: "name",
      title: t("fleet:field.name"),
      cell: (one) => (
        <Link to={`/services/${one.id}`} title={`${t(`type.${one.type}`)} ${targetText(one)}`}>
          {one.name}
        </Link>
      ),
      by: (one) => one.name,
    },
    { key: "bar", title: t("bar.day"), wideOnly: true, cell: (one) => <RowBar heartbeat={one.heartbeat} t={t} numbers={numbers} /> },
    {
      key: "uptime",
      title: t("list.month"),
      right: true,
      cell: (one) => <Share share={one.uptime_month} t={t} numbers={numbers} />,
      by: (one) => one.uptime_month.uptime_percent,
    },
    {
      key: "latency",
      title: t("list.latency"),
      right: true,
      wideOnly: true,
      cell: (one) => numbers.millis(one.response_time),
      by: (one) => one.response_time,
    },
  ];
  return <Table label={t("title")} rows={services} columns={columns} rowKey={(one) => one.id} empty={t("panel.empty")} first={FIRST} />;
}
