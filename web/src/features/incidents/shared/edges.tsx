// What stands where one thing was asked for: it, a wait, or why not.
import type { InfiniteData, UseInfiniteQueryResult, UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { problemOf } from "../../../api/problem";
import { EmptyNote, Gone, Skeleton, Unread } from "../../../parts/edges";
import { Button } from "../../../ui/button";
import { useQuietWords } from "./quiet-words";

export function Forbidden() {
  const t = useQuietWords();
  return <EmptyNote title={t("fleet:edge.forbidden")} detail={t("fleet:edge.forbiddenDetail")} />;
}

export function Read<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isLoading) return <Skeleton />;
  return problemOf(query.error).status === 404 ? <Gone /> : <Unread error={query.error} retry={query.refetch} />;
}

interface PagesProps<T> {
  query: UseInfiniteQueryResult<InfiniteData<{ items: T[] }, unknown>>;
  none: { title: string; detail: string };
  /** `more` is the button that reads on, where there is more. */
  children: (all: readonly T[], more: ReactNode) => ReactNode;
}

/** A list that comes page by page. */
export function ReadPages<T>({ query, none, children }: PagesProps<T>) {
  const t = useQuietWords();
  if (query.isLoading) return <Skeleton />;
  if (!query.data) return <Unread error={query.error} retry={query.refetch} />;
  const all = query.data.pages.flatMap((page) => page.items);
  if (all.length === 0) return <EmptyNote title={none.title} detail={none.detail} />;
  const more = query.hasNextPage && (
    <Button disabled={query.isFetching} onClick={() => void query.fetchNextPage()}>
      {t("more")}
    </Button>
  );
  return <>{children(all, more)}</>;
}
