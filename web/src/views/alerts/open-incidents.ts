// What is wrong now, for whoever wants to know: the list, the tab's title, the rail, the ear. It comes over the live
// line; while that is cut it is asked for now and then, for what is wrong must be known then as well.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { client } from "../../api/client";
import { answer, ProblemError } from "../../api/problem";
import type { Incident } from "../../fleet/nouns";
import { lastHeardAt, useIsCut, useStreams } from "../../live/use-live";
import { useWorld } from "../../live/world";

export const WITHOUT_LINE_MS = 5000;
const MOST = 1000;
const FORBIDDEN = new ProblemError(null, 403);

const askedFor = queryOptions({
  queryKey: ["incidents", "now"],
  queryFn: () => answer(client.GET("/api/incidents", { params: { query: { state: ["open", "acknowledged"], limit: MOST } } })),
  gcTime: 0,
});

export interface OpenIncidents {
  /** Newest first; null until they are known. */
  incidents: readonly Incident[] | null;
  error: unknown;
  retry: () => unknown;
}

const newestFirst = (held: ReadonlyMap<string, Incident>): Incident[] =>
  [...held.values()].sort((one, other) => Number(other.id) - Number(one.id));

export function useOpenIncidents(): OpenIncidents {
  const { phase } = useStreams(["incidents"]);
  const isCut = useIsCut();
  const held = useWorld((world) => world.incidents);
  const live = useMemo(() => newestFirst(held), [held]);
  const asked = useQuery({
    ...askedFor,
    enabled: isCut,
    refetchInterval: isCut ? WITHOUT_LINE_MS : false,
    refetchIntervalInBackground: true,
  });
  const isNewer = isCut && asked.data !== undefined && asked.dataUpdatedAt > lastHeardAt();
  const known = phase === "ready" ? live : null;
  return {
    incidents: isNewer ? asked.data.items : known,
    error: phase === "forbidden" ? FORBIDDEN : asked.error,
    retry: asked.refetch,
  };
}

/** Grows with each change of what is wrong; a list that reads on from there asks anew by it. */
export const useIncidentsVersion = (): number => useWorld((world) => world.versions.incidents);

/** Changes with all that happens to an incident; null when it is over. */
export const useIncidentVersion = (id: string): string | null => useWorld((world) => world.incidents.get(id)?.updated_at ?? null);
