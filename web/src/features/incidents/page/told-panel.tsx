// Who was told of it, and whether it arrived.
import { Link } from "react-router";
import type { Delivery, IncidentDetail } from "../../../fleet/nouns";
import { useNumbers } from "../../../fleet/numbers";
import { Panel } from "../../../parts/panel";
import { type Column, Table } from "../../../parts/table";
import { useAlertWords } from "../../../views/alerts/words";
import { useChannelNames } from "./happenings";

export function ToldPanel({ incident }: { incident: IncidentDetail }) {
  const t = useAlertWords();
  const numbers = useNumbers();
  const channels = useChannelNames();
  const columns: readonly Column<Delivery>[] = [
    {
      key: "at",
      title: t("when"),
      cell: (one) => <span title={numbers.moment(one.sent_at ?? one.created_at)}>{numbers.ago(one.sent_at ?? one.created_at)}</span>,
    },
    {
      key: "channel",
      title: t("channel"),
      cell: (one) => <Link to={`/settings/deliveries?channel=${one.channel_id}`}>{channels.get(one.channel_id) ?? one.channel_id}</Link>,
    },
    { key: "kind", title: t("message"), cell: (one) => t(`told.${one.kind}`) },
    { key: "state", title: t("fleet:field.state"), cell: (one) => [t(`delivery.${one.state}`), one.error].filter(Boolean).join(": ") },
  ];
  return (
    <Panel title={t("toldTitle")}>
      <Table label={t("toldTitle")} rows={incident.notifications} columns={columns} rowKey={(one) => one.id} empty={t("toldNone")} />
    </Panel>
  );
}
