// What may be done with several incidents at once; each is asked for by itself, and what was refused is counted.
import { useState } from "react";
import { client } from "../../../api/client";
import { PlainButton } from "../../../parts/order-button";
import { useAlertWords } from "../../../views/alerts/words";
import styles from "./incidents.module.css";

type Deed = (id: string) => Promise<{ response: Response }>;

interface BarProps {
  selected: ReadonlySet<string>;
  onDone: (left: ReadonlySet<string>) => void;
}

const take: Deed = (id) => client.POST("/api/incidents/{id}/acknowledge", { params: { path: { id } } });
const resolve: Deed = (id) => client.POST("/api/incidents/{id}/resolve", { params: { path: { id } } });

export function BulkBar({ selected, onDone }: BarProps) {
  const t = useAlertWords();
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState(0);
  const run = async (deed: Deed) => {
    setBusy(true);
    const left = new Set<string>();
    for (const id of selected) {
      const isDone = await deed(id).then(
        ({ response }) => response.ok,
        () => false,
      );
      if (!isDone) left.add(id);
    }
    setBusy(false);
    setRefused(left.size);
    onDone(left);
  };
  return (
    <div className={styles.bulk} role="status">
      <b>{t("fleet:guests.selected", { count: selected.size })}</b>
      <PlainButton isBusy={isBusy} onClick={() => void run(take)}>
        {t("acknowledge")}
      </PlainButton>
      <PlainButton isBusy={isBusy} onClick={() => void run(resolve)}>
        {t("resolve")}
      </PlainButton>
      <PlainButton onClick={() => onDone(new Set())}>{t("unselect")}</PlainButton>
      {refused > 0 && <span role="alert">{t("refused", { count: refused })}</span>}
    </div>
  );
}
