// The ways in which Monitorix tells people, with how each of them stands.
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { client } from "../../api/client";
import { answer } from "../../api/problem";
import type { Channel } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useMay } from "../../fleet/world";
import { EmptyNote, Skeleton, Unread } from "../../parts/edges";
import { LinkButton } from "../../parts/order-button";
import { PageHead, Panel } from "../../parts/panel";
import { type Column, Table } from "../../parts/table";
import { StateWord } from "./standing";
import { useChannelWords } from "./words";

export const channelsQuery = {
  queryKey: ["channels"],
  queryFn: () => answer(client.GET("/api/notification-channels", { params: { query: { limit: 1000, sort: "name" } } })),
  refetchInterval: 10_000,
};

function ChannelTable({ channels }: { channels: readonly Channel[] }) {
  const t = useChannelWords();
  const numbers = useNumbers();
  const columns: readonly Column<Channel>[] = [
    {
      key: "name",
      title: t("name"),
      cell: (one) => <Link to={`/settings/channels/${one.id}`}>{one.name}</Link>,
      by: (one) => one.name,
    },
    { key: "type", title: t("type"), wideOnly: true, cell: (one) => t(`types.${one.type}`), by: (one) => t(`types.${one.type}`) },
    { key: "state", title: t("stateTitle"), cell: (one) => <StateWord channel={one} /> },
    {
      key: "last",
      title: t("lastDelivery"),
      wideOnly: true,
      cell: (one) => numbers.ago(one.last_delivery_at),
      by: (one) => one.last_delivery_at,
    },
    { key: "error", title: t("lastError"), wideOnly: true, cell: (one) => one.last_error ?? "–" },
    {
      key: "waiting",
      title: t("waiting"),
      right: true,
      cell: (one) => <Link to={`/settings/deliveries?channel=${one.id}`}>{numbers.count(one.queue_depth)}</Link>,
      by: (one) => one.queue_depth,
    },
    {
      key: "dead",
      title: t("dead"),
      right: true,
      cell: (one) => <Link to={`/settings/deliveries?channel=${one.id}&state=dead`}>{numbers.count(one.dead_letters)}</Link>,
      by: (one) => one.dead_letters,
    },
  ];
  return <Table label={t("title")} rows={channels} columns={columns} rowKey={(one) => one.id} empty={t("empty")} />;
}

export function ChannelsPage() {
  const t = useChannelWords();
  const mayEdit = useMay("editor");
  const channels = useQuery(channelsQuery);
  const body = () => {
    if (channels.isLoading) return <Skeleton />;
    if (!channels.data) return <Unread error={channels.error} retry={channels.refetch} />;
    if (channels.data.length === 0) return <EmptyNote title={t("empty")} detail={t("emptyDetail")} />;
    return (
      <Panel title={t("title")} isBare>
        <ChannelTable channels={channels.data} />
      </Panel>
    );
  };
  return (
    <>
      <PageHead
        title={t("title")}
        hint={t("hintTitle")}
        actions={mayEdit && <LinkButton to="/settings/channels/new">{t("add")}</LinkButton>}
      />
      {body()}
    </>
  );
}
