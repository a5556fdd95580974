// Every alert there was: what, on what, when, for how long, and how it ended.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import type { Alert } from "../../../fleet/nouns";
import { useNumbers } from "../../../fleet/numbers";
import { useIsCut, useStreams } from "../../../live/use-live";
import { EmptyNote, Skeleton, Unread } from "../../../parts/edges";
import { SelectField } from "../../../parts/field";
import { PageHead, Panel } from "../../../parts/panel";
import { type Column, Table } from "../../../parts/table";
import { Button } from "../../../ui/button";
import { useIncidentsVersion, WITHOUT_LINE_MS } from "../../../views/alerts/open-incidents";
import { useAskAnew } from "../../../views/alerts/use-ask-anew";
import { faultWord, objectPath, SEVERITIES, useAlertWords, useCause } from "../../../views/alerts/words";
import { useAddress } from "../../../views/finder/use-address";
import { SeverityMark } from "../shared/marks";
import shared from "../shared/shared.module.css";
import { Tabs } from "../shared/tabs";

const PAGE = 100;
const MANY_PAGES_MS = 15_000;

function AlertTable({ alerts }: { alerts: readonly Alert[] }) {
  const t = useAlertWords();
  const numbers = useNumbers();
  const causeOf = useCause();
  const lasted = (one: Alert) => (Date.parse(one.resolved_at ?? new Date().toISOString()) - Date.parse(one.created_at)) / 1000;
  const fault = (one: Alert) =>
    one.incident_id ? <Link to={`/incidents/${one.incident_id}`}>{faultWord(t, one)}</Link> : faultWord(t, one);
  const columns: readonly Column<Alert>[] = [
    { key: "at", title: t("when"), cell: (one) => <span title={numbers.moment(one.created_at)}>{numbers.ago(one.created_at)}</span> },
    {
      key: "severity",
      title: t("severityTitle"),
      wideOnly: true,
      cell: (one) => <SeverityMark severity={one.severity} isOver={one.is_resolved} />,
    },
    { key: "object", title: t("about"), cell: (one) => <Link to={objectPath(one.object)}>{one.object.name}</Link> },
    { key: "fault", title: t("what"), cell: fault },
    { key: "cause", title: t("why"), wideOnly: true, cell: (one) => <span title={causeOf(one)}>{causeOf(one)}</span> },
    { key: "lasted", title: t("lasted"), right: true, wideOnly: true, cell: (one) => numbers.duration(lasted(one)) },
    {
      key: "end",
      title: t("fleet:field.state"),
      wideOnly: true,
      cell: (one) =>
        one.resolve_reason && one.resolve_reason !== "condition" ? t(`ended.${one.resolve_reason}`) : t(`state.${one.state}`),
    },
  ];
  return <Table label={t("tab.history")} rows={alerts} columns={columns} rowKey={(one) => one.id} empty={t("noneFits")} />;
}

export function HistoryPage() {
  const t = useAlertWords();
  const [asked] = useSearchParams();
  const put = useAddress();
  const severity = SEVERITIES.find((one) => one === asked.get("severity"));
  const isOpen = asked.get("state") === "open";
  useStreams(["incidents"]);
  const isCut = useIsCut();
  const rows = useInfiniteQuery({
    queryKey: ["incidents", "alerts", isOpen, severity ?? ""],
    queryFn: ({ pageParam }) =>
      answer(
        client.GET("/api/alerts", {
          params: {
            query: {
              limit: PAGE,
              envelope: true,
              ...(isOpen && { resolved: false }),
              ...(severity && { severity: [severity] }),
              ...(pageParam && { cursor: pageParam }),
            },
          },
        }),
      ).then((body) => body as unknown as { items: Alert[]; next_cursor: string | null }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
    refetchInterval: isCut ? WITHOUT_LINE_MS : false,
  });
  useAskAnew(useIncidentsVersion(), rows.refetch, (rows.data?.pages.length ?? 1) > 1 ? MANY_PAGES_MS : undefined);
  const alerts = rows.data?.pages.flatMap((page) => page.items) ?? [];
  const body = () => {
    if (rows.isLoading) return <Skeleton />;
    if (!rows.data) return <Unread error={rows.error} retry={rows.refetch} />;
    if (alerts.length === 0 && !severity && !isOpen) return <EmptyNote title={t("noneYet")} detail={t("noneYetDetail")} />;
    return (
      <Panel title={t("tab.history")} isBare>
        <AlertTable alerts={alerts} />
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
      <PageHead title={t("tab.history")} hint={t("historyHint")} />
      <Tabs />
      <section className={shared.filters} aria-label={t("filters")}>
        <SelectField
          label={t("show")}
          value={isOpen ? "open" : ""}
          choices={[
            { value: "", label: t("showAll") },
            { value: "open", label: t("showOpen") },
          ]}
          onText={(value) => put("state", value)}
        />
        <SelectField
          label={t("severityTitle")}
          value={severity ?? ""}
          choices={[{ value: "", label: t("any") }, ...SEVERITIES.map((value) => ({ value, label: t(`severity.${value}`) }))]}
          onText={(value) => put("severity", value)}
        />
      </section>
      {body()}
    </>
  );
}
