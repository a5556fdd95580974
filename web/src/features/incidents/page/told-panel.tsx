// Who was told of it, and whether it arrived.
import { Link } from "react-router";
import type { Delivery, IncidentDetail, IncidentNextStep } from "../../../fleet/nouns";
import { useNumbers } from "../../../fleet/numbers";
import { Facts, Panel } from "../../../parts/panel";
import { type Column, Table } from "../../../parts/table";
import { useAlertWords } from "../../../views/alerts/words";
import { usePathName } from "../paths/use-paths";
import { useChannelNames } from "./happenings";

/** Who is told when nobody takes it, on the way its rule takes. */
function Next({ next, channels }: { next: IncidentNextStep; channels: ReadonlyMap<string, string> }) {
  const t = useAlertWords();
  const numbers = useNumbers();
  const path = usePathName()({ key: next.escalation_key, name: next.escalation_name });
  const said = t("path.nextStep", {
    names: next.channel_ids.map((id) => channels.get(id) ?? id).join(", "),
    time: numbers.moment(next.at),
    number: next.number,
    of: next.count,
    path,
  });
  return <Facts facts={[{ name: t("path.next"), value: said }]} />;
}

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
      {incident.next_step && <Next next={incident.next_step} channels={channels} />}
      <Table label={t("toldTitle")} rows={incident.notifications} columns={columns} rowKey={(one) => one.id} empty={t("toldNone")} />
    </Panel>
  );
}
