// Asks what a form would do, a moment after one stopped typing; what was found stays until the next answer.
import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

const PAUSE_MS = 500;

export function usePreview<Body, Answer>(name: string, body: Body | null, ask: (body: Body) => Promise<Answer>): UseQueryResult<Answer> {
  const text = body === null ? "" : JSON.stringify(body);
  const [settled, settle] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => settle(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return useQuery({
    queryKey: [name, "preview", settled],
    queryFn: () => ask(JSON.parse(settled) as Body),
    enabled: settled !== "",
    placeholderData: keepPreviousData,
    retry: false,
  });
}
