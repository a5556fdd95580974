import { useTranslation } from "react-i18next";
import type { Incident } from "../../../fleet/nouns";
import { useAlertWords } from "../../../views/alerts/words";

/** "Affects 1 node, 20 guests and 60 services"; empty while it is about one thing alone. */
export function useAffected({ affected, alert_count }: Pick<Incident, "affected" | "alert_count">): string {
  const t = useAlertWords();
  const { i18n } = useTranslation("alerts");
  if (alert_count < 2) return "";
  const parts = (["nodes", "vms", "storages", "services"] as const)
    .filter((kind) => affected[kind] > 0)
    .map((kind) =>
      kind === "services"
        ? t("services", { count: affected[kind] })
        : t(`fleet:count.${kind === "vms" ? "guests" : kind}`, { count: affected[kind] }),
    );
  return parts.length === 0 ? "" : t("affects", { list: new Intl.ListFormat(i18n.language).format(parts) });
}
