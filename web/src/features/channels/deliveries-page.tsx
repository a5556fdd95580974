// What was told, what waits, and what was given up; the filters live in the address.
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { client } from "../../api/client";
import { answer } from "../../api/problem";
import type { Tone } from "../../fleet/look";
import type { Delivery } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useMay } from "../../fleet/world";
import { Skeleton, Unread } from "../../parts/edges";
import { SelectField } from "../../parts/field";
import { PlainButton } from "../../parts/order-button";
import { PageHead, Panel } from "../../parts/panel";
import { Shape } from "../../parts/state-mark";
import { type Column, Table } from "../../parts/table";
import { useDeed } from "../../parts/use-deed";
import { Button } from "../../ui/button";
import { useAddress } from "../../views/finder/use-address";
import styles from "./channels.module.css";
import { channelsQuery } from "./channels-page";
import { useChannelWords } from "./words";

const STATES = ["queued", "failed", "sent", "dead", "replaced"] as const;
type State = (typeof STATES)[number];
const TONES: Record<State, Tone> = { queued: "unknown", failed: "warn", sent: "ok", dead: "crit", replaced: "off" };

function Retry({ delivery }: { delivery: Delivery }) {
  const t = useChannelWords();
  const queries = useQueryClient();
  const trying = useDeed();
  const run = () =>
    void trying.run(async () => {
      await answer(client.POST("/api/notifications/{id}/retry", { params: { path: { id: delivery.id } } }));
      await queries.invalidateQueries({ queryKey: ["deliveries"] });
    });
  return (
    <>
      <PlainButton isBusy={trying.isBusy} onClick={run}>
        {t("retry")}
      </PlainButton>
      {trying.problem && <span role="alert">{trying.problem.detail}</span>}
    </>
  );
}

function StateCell({ delivery }: { delivery: Delivery }) {
  const t = useChannelWords();
  const numbers = useNumbers();
  return (
    <div className={styles.stack}>
      <span className={styles.mark}>
        <Shape tone={TONES[delivery.state]} /> {t(`delivery.${delivery.state}`)}
      </span>
      {delivery.error && <span className={styles.help}>{delivery.error}</span>}
      {delivery.answer && <span className={styles.help}>{delivery.answer}</span>}
      {delivery.next_try_at && delivery.state === "failed" && (
        <span className={styles.help}>{t("nextTry", { time: numbers.moment(delivery.next_try_at) })}</span>
      )}
    </div>
  );
}

function DeliveryTable({ deliveries, names }: { deliveries: readonly Delivery[]; names: ReadonlyMap<string, string> }) {
  const t = useChannelWords();
  const numbers = useNumbers();
  const mayRetry = useMay("operator");
  const columns: readonly Column<Delivery>[] = [
    { key: "at", title: t("at"), cell: (one) => numbers.moment(one.created_at) },
    { key: "what", title: t("what"), cell: (one) => `${t(`kinds.${one.kind}`)}: ${one.title ?? "–"}` },
    { key: "channel", title: t("channel"), wideOnly: true, cell: (one) => names.get(one.channel_id) ?? one.channel_id },
    { key: "state", title: t("stateTitle"), cell: (one) => <StateCell delivery={one} /> },
    { key: "attempts", title: t("attempts"), right: true, wideOnly: true, cell: (one) => numbers.count(one.attempts) },
    { key: "act", title: "", right: true, cell: (one) => one.state === "dead" && mayRetry && <Retry delivery={one} /> },
  ];
  return <Table label={t("deliveries")} rows={deliveries} columns={columns} rowKey={(one) => one.id} empty={t("noDeliveries")} />;
}

export function DeliveriesPage() {
  const t = useChannelWords();
  const [asked] = useSearchParams();
  const channels = useQuery(channelsQuery);
  const state = STATES.find((one) => one === asked.get("state"));
  const channel = asked.get("channel") ?? "";
  const rows = useInfiniteQuery({
    queryKey: ["deliveries", state, channel],
    queryFn: ({ pageParam }) =>
      answer(
        client.GET("/api/notifications", {
          params: {
            query: {
              limit: 100,
              ...(state && { state }),
              ...(channel && { channel_id: channel }),
              ...(pageParam && { cursor: pageParam }),
            },
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
    refetchInterval: 5_000,
  });
  const put = useAddress();
  const names = new Map((channels.data ?? []).map((one) => [one.id, one.name]));
  const body = () => {
    if (rows.isLoading) return <Skeleton />;
    if (!rows.data) return <Unread error={rows.error} retry={rows.refetch} />;
    return (
      <Panel title={t("deliveries")} isBare>
        <DeliveryTable deliveries={rows.data.pages.flatMap((page) => page.items)} names={names} />
        {rows.hasNextPage && (
          <Button disabled={rows.isFetching} onClick={() => void rows.fetchNextPage()}>
            {t("more")}
          </Button>
        )}
      </Panel>
    );
  };
  return (
    <>
      <PageHead title={t("deliveries")} hint={t("deliveriesHint")} />
      <section className={styles.filters} aria-label={t("filters")}>
        <SelectField
          label={t("channel")}
          value={channel}
          choices={[{ value: "", label: t("all") }, ...[...names].map(([value, label]) => ({ value, label }))]}
          onText={(value) => put("channel", value)}
        />
        <SelectField
          label={t("stateTitle")}
          value={state ?? ""}
          choices={[{ value: "", label: t("all") }, ...STATES.map((value) => ({ value, label: t(`delivery.${value}`) }))]}
          onText={(value) => put("state", value)}
        />
      </section>
      {body()}
    </>
  );
}
