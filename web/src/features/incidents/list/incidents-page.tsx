// What is wrong now, or was: one row per cause. The address holds what is asked.
import { type InfiniteData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import type { Incident } from "../../../fleet/nouns";
import { useMay } from "../../../fleet/world";
import { EmptyNote, Skeleton, Unread } from "../../../parts/edges";
import { SelectField } from "../../../parts/field";
import { PageHead } from "../../../parts/panel";
import { Button } from "../../../ui/button";
import { SEVERITIES, useAlertWords } from "../../../views/alerts/words";
import { useAddress } from "../../../views/finder/use-address";
import { useGridKeys } from "../../../views/finder/use-grid-keys";
import shared from "../shared/shared.module.css";
import { Tabs } from "../shared/tabs";
import { BulkBar } from "./bulk-bar";
import { Calm } from "./calm";
import { IncidentRow } from "./incident-row";
import styles from "./incidents.module.css";

const EVERY_MS = 2000;
type Pages = InfiniteData<{ items: Incident[]; next_cursor: string | null }>;

function useIncidents(isOpen: boolean, severity: (typeof SEVERITIES)[number] | undefined) {
  return useInfiniteQuery({
    queryKey: ["incidents", "list", isOpen, severity ?? ""],
    queryFn: ({ pageParam }) =>
      answer(
        client.GET("/api/incidents", {
          params: {
            query: {
              limit: 100,
              ...(isOpen && { state: ["open", "acknowledged"] as const satisfies string[] as ("open" | "acknowledged")[] }),
              ...(severity && { severity: [severity] }),
              ...(pageParam && { cursor: pageParam }),
            },
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
    // Many pages are not asked for anew each time: what is new stands on the first.
    refetchInterval: ({ state }) => ((state.data as Pages | undefined)?.pages.length === 1 ? EVERY_MS : 15_000),
  });
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
  const rows = useIncidents(isOpen, severity);
  const incidents = rows.data?.pages.flatMap((page) => page.items) ?? [];
  const body = () => {
    if (rows.isLoading) return <Skeleton />;
    if (!rows.data) return <Unread error={rows.error} retry={rows.refetch} />;
    if (incidents.length === 0) {
      if (severity) return <EmptyNote title={t("noneFits")} action={{ word: t("clear"), run: () => put("severity", "") }} />;
      return isOpen ? <Calm /> : <EmptyNote title={t("noneYet")} detail={t("noneYetDetail")} />;
    }
    return <IncidentList incidents={incidents} hasMore={rows.hasNextPage} onMore={() => void rows.fetchNextPage()} />;
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
