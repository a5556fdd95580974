// What stands where one thing was asked for: it, a wait, or why not.
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { problemOf } from "../../../api/problem";
import { EmptyNote, Gone, Skeleton, Unread } from "../../../parts/edges";
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
