// What is wrong now, or was: one row per cause. The address holds what is asked.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import type { Incident, Severity } from "../../../fleet/nouns";
import { useMay } from "../../../fleet/world";
import { useIsCut, useStreams } from "../../../live/use-live";
import { EmptyNote, Skeleton, Unread } from "../../../parts/edges";
import { SelectField } from "../../../parts/field";
import { PageHead } from "../../../parts/panel";
import { Button } from "../../../ui/button";
import { useIncidentsVersion, useOpenIncidents, WITHOUT_LINE_MS } from "../../../views/alerts/open-incidents";
import { useAskAnew } from "../../../views/alerts/use-ask-anew";
import { SEVERITIES, useAlertWords } from "../../../views/alerts/words";
import { useAddress } from "../../../views/finder/use-address";
import { useGridKeys } from "../../../views/finder/use-grid-keys";
import shared from "../shared/shared.module.css";
import { Tabs } from "../shared/tabs";
import { BulkBar } from "./bulk-bar";
import { Calm } from "./calm";
import { IncidentRow } from "./incident-row";
import styles from "./incidents.module.css";

const PAGE = 100;
/** Many pages are not asked for anew each second: what is new stands on the first. */
const MANY_PAGES_MS = 15_000;

interface Listed {
  incidents: readonly Incident[] | null;
  hasMore: boolean;
  more: () => void;
  error: unknown;
  retry: () => unknown;
}

/** What is wrong now comes by itself; it is drawn in steps. */
function useOpenOnes(severity: Severity | undefined): Listed {
  const { incidents, error, retry } = useOpenIncidents();
  const [drawn, draw] = useState(PAGE);
  const wanted = useMemo(() => incidents?.filter((one) => !severity || one.severity === severity) ?? null, [incidents, severity]);
  return {
    incidents: wanted?.slice(0, drawn) ?? null,
    hasMore: (wanted?.length ?? 0) > drawn,
    more: () => draw(drawn + PAGE),
    error,
    retry,
  };
}

function useAllOfThem(severity: Severity | undefined, isWanted: boolean): Listed {
  useStreams(["incidents"]);
  const isCut = useIsCut();
  const rows = useInfiniteQuery({
    queryKey: ["incidents", "list", severity ?? ""],
    queryFn: ({ pageParam }) =>
      answer(
        client.GET("/api/incidents", {
          params: { query: { limit: PAGE, ...(severity && { severity: [severity] }), ...(pageParam && { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
    enabled: isWanted,
    refetchInterval: isCut && isWanted ? WITHOUT_LINE_MS : false,
  });
  const pause = (rows.data?.pages.length ?? 1) > 1 ? MANY_PAGES_MS : undefined;
  useAskAnew(useIncidentsVersion(), () => isWanted && void rows.refetch(), pause);
  return {
    incidents: rows.data?.pages.flatMap((page) => page.items) ?? null,
    hasMore: rows.hasNextPage,
    more: () => void rows.fetchNextPage(),
    error: rows.error,
    retry: rows.refetch,
  };
}

interface ListProps {
  incidents: readonly Incident[];
  hasMore: boolean;
  onMore: () => void;
}

function IncidentList({ incidents, hasMore, onMore }: ListProps) {
  const t = useAlertWords();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const mayAct = useMay("operator");
  const [current, setCurrent] = useState(-1);
  const [selected, select] = useState<ReadonlySet<string>>(new Set());
  const refresh = () => queries.invalidateQueries({ queryKey: ["incidents"] });
  const chosen = incidents[current];
  const toggle = (id: string) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    select(next);
  };
  const take = async (id: string) => {
    await answer(client.POST("/api/incidents/{id}/acknowledge", { params: { path: { id } } }));
    await refresh();
  };
  useGridKeys({
    count: incidents.length,
    current,
    move: (to) => {
      setCurrent(to);
      document.querySelectorAll(`.${styles.row}`)[to]?.scrollIntoView({ block: "nearest" });
    },
    open: () => chosen && void navigate(`/incidents/${chosen.id}`),
    select: () => mayAct && chosen && chosen.state !== "resolved" && toggle(chosen.id),
    search: () => document.querySelector<HTMLSelectElement>("main select")?.focus(),
  });
  return (
    <>
      {mayAct && selected.size > 0 && (
        <BulkBar
          selected={selected}
          onDone={(left) => {
            select(left);
            void refresh();
          }}
        />
      )}
      <ul className={styles.list} aria-label={t("tab.incidents")}>
        {incidents.map((one, at) => (
          <IncidentRow
            key={one.id}
            incident={one}
            isCurrent={at === current}
            isSelected={selected.has(one.id)}
            onSelect={() => toggle(one.id)}
            onTake={take}
          />
        ))}
      </ul>
      {hasMore && <Button onClick={onMore}>{t("more")}</Button>}
    </>
  );
}

export function IncidentsPage() {
  const t = useAlertWords();
  const [asked] = useSearchParams();
  const put = useAddress();
  const isOpen = asked.get("state") !== "all";
  const severity = SEVERITIES.find((one) => one === asked.get("severity"));
  const open = useOpenOnes(severity);
  const all = useAllOfThem(severity, !isOpen);
  const { incidents, hasMore, more, error, retry } = isOpen ? open : all;
  const body = () => {
    if (!incidents) return error ? <Unread error={error} retry={retry} /> : <Skeleton />;
    if (incidents.length === 0) {
      if (severity) return <EmptyNote title={t("noneFits")} action={{ word: t("clear"), run: () => put("severity", "") }} />;
      return isOpen ? <Calm /> : <EmptyNote title={t("noneYet")} detail={t("noneYetDetail")} />;
    }
    return <IncidentList incidents={incidents} hasMore={hasMore} onMore={more} />;
  };
  return (
    <>
      <PageHead title={t("tab.incidents")} hint={t("hint")} />
      <Tabs />
      <section className={shared.filters} aria-label={t("filters")}>
        <SelectField
          label={t("show")}
          value={isOpen ? "" : "all"}
          choices={[
            { value: "", label: t("showOpen") },
            { value: "all", label: t("showAll") },
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
