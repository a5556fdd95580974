// Nothing is wrong: said calmly, with when that was last otherwise.
import { useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { Link } from "react-router";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import { useNumbers } from "../../../fleet/numbers";
import { incidentTitle, useAlertWords } from "../../../views/alerts/words";
import styles from "./incidents.module.css";

export function Calm() {
  const t = useAlertWords();
  const numbers = useNumbers();
  const last = useQuery({
    queryKey: ["incidents", "last"],
    queryFn: () => answer(client.GET("/api/incidents", { params: { query: { state: ["resolved"], limit: 1 } } })),
  }).data?.items[0];
  return (
    <div className={styles.calm}>
      <CircleCheck size={56} strokeWidth={1.2} aria-hidden="true" />
      <h2>{t("calm")}</h2>
      <p>{t("calmDetail")}</p>
      {last && (
        <p>
          {t("calmLast", { time: numbers.ago(last.resolved_at) })} <Link to={`/incidents/${last.id}`}>{incidentTitle(t, last)}</Link>
        </p>
      )}
    </div>
  );
}
