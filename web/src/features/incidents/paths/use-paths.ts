// The escalation paths and the channels they speak through, as the server has them.
import { useQuery } from "@tanstack/react-query";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import type { Escalation } from "../../../fleet/nouns";
import { useAlertWords } from "../../../views/alerts/words";

export const usePaths = () =>
  useQuery({
    queryKey: ["escalations"],
    queryFn: () => answer(client.GET("/api/escalations", { params: { query: { limit: 1000 } } })),
  });

export const useChannels = () =>
  useQuery({
    queryKey: ["channels"],
    queryFn: () => answer(client.GET("/api/notification-channels", { params: { query: { limit: 1000, sort: "name" } } })),
  });

/** The path that came with Monitorix has a name in every language, until somebody gives it another. */
export function usePathName(): (path: Pick<Escalation, "key" | "name">) => string {
  const t = useAlertWords();
  return ({ key, name }) => (key === "everybody" && name === "Everybody" ? t("path.everybody") : name);
}
