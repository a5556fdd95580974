// The maintenance windows: which are open, when the others are next, and the weeks ahead.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import type { MaintenanceWindow } from "../../../fleet/nouns";
import { useNumbers } from "../../../fleet/numbers";
import { useMay } from "../../../fleet/world";
import { EmptyNote, Skeleton, Unread } from "../../../parts/edges";
import { LinkButton } from "../../../parts/order-button";
import { PageHead, Panel } from "../../../parts/panel";
import { type Column, Table } from "../../../parts/table";
import { Button } from "../../../ui/button";
import { draftOf as selectorOf } from "../selector/selector";
import { useSelectorWords } from "../selector/selector-words";
import { useThings } from "../selector/things";
import form from "../shared/form.module.css";
import { localOf } from "../shared/local-time";
import { useQuietWords } from "../shared/quiet-words";
import { Tabs } from "../shared/tabs";
import { CalendarPanel } from "./calendar-grid";
import { repeatOf } from "./repeat";

const PAGE = 200;
const EVERY_MS = 15_000;

function WindowTable({ windows }: { windows: readonly MaintenanceWindow[] }) {
  const t = useQuietWords();
  const numbers = useNumbers();
  const mayAct = useMay("operator");
  const whom = useSelectorWords(useThings());
  const stand = (one: MaintenanceWindow) => {
    if (!one.is_active) return t("windows.off");
    if (one.active_now) return one.ends_at ? t("windows.openUntil", { time: numbers.moment(one.ends_at) }) : t("windows.open");
    return one.next_at ? t("windows.nextAt", { time: numbers.moment(one.next_at) }) : t("windows.over");
  };
  const repeats = (one: MaintenanceWindow) => t(`windows.every.${repeatOf(one.rrule, localOf(Date.parse(one.starts_at), "UTC")).every}`);
  const columns: readonly Column<MaintenanceWindow>[] = [
    {
      key: "name",
      title: t("fleet:field.name"),
      cell: (one) => (mayAct ? <Link to={`/incidents/maintenance/${one.id}`}>{one.name}</Link> : one.name),
      by: (one) => one.name,
    },
    { key: "whom", title: t("windows.whom"), wideOnly: true, cell: (one) => whom(selectorOf(one.selector)) },
    { key: "when", title: t("windows.when"), cell: stand, by: (one) => one.next_at ?? one.ends_at },
    { key: "lasts", title: t("windows.lasts"), right: true, wideOnly: true, cell: (one) => numbers.duration(one.duration_seconds) },
    { key: "repeat", title: t("windows.repeat"), wideOnly: true, cell: (one) => <span title={one.rrule ?? ""}>{repeats(one)}</span> },
    { key: "who", title: t("silences.who"), wideOnly: true, cell: (one) => one.created_by },
  ];
  return <Table label={t("windows.title")} rows={windows} columns={columns} rowKey={(one) => one.id} empty={t("windows.none")} />;
}

export function WindowsPage() {
  const t = useQuietWords();
  const mayAct = useMay("operator");
  const rows = useInfiniteQuery({
    queryKey: ["windows", "list"],
    queryFn: ({ pageParam }) =>
      answer(client.GET("/api/maintenance-windows", { params: { query: { limit: PAGE, ...(pageParam && { cursor: pageParam }) } } })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
    refetchInterval: EVERY_MS,
  });
  const body = () => {
    if (rows.isLoading) return <Skeleton />;
    if (!rows.data) return <Unread error={rows.error} retry={rows.refetch} />;
    const all = rows.data.pages.flatMap((page) => page.items);
    if (all.length === 0) return <EmptyNote title={t("windows.none")} detail={t("windows.noneDetail")} />;
    return (
      <div className={form.fields}>
        <Panel title={t("windows.title")} isBare>
          <WindowTable windows={all} />
          {rows.hasNextPage && (
            <Button disabled={rows.isFetching} onClick={() => void rows.fetchNextPage()}>
              {t("more")}
            </Button>
          )}
        </Panel>
        <CalendarPanel windows={all} />
      </div>
    );
  };
  return (
    <>
      <PageHead
        title={t("windows.title")}
        hint={t("windows.hint")}
        actions={
          mayAct && (
            <>
              <LinkButton to="/incidents/maintenance/new?for=quiet">{t("windows.addQuiet")}</LinkButton>
              <LinkButton to="/incidents/maintenance/new">{t("windows.add")}</LinkButton>
            </>
          )
        }
      />
      <Tabs />
      {body()}
    </>
  );
}
