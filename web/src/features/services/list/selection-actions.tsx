// What may be done with several services at once; each is asked for by itself, and what was refused is named.
import { useState } from "react";
import { client } from "../../../api/client";
import { useServiceWords } from "../../../fleet/services/words";
import { useMay } from "../../../fleet/world";
import { PlainButton } from "../../../parts/order-button";
import styles from "./services-page.module.css";

interface ActionsProps {
  selected: ReadonlySet<string>;
  onDone: () => void;
}

type Deed = (id: string) => Promise<{ response: Response }>;

export function SelectionActions({ selected, onDone }: ActionsProps) {
  const t = useServiceWords();
  const mayOperate = useMay("operator");
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState(0);
  const run = async (deed: Deed) => {
    setBusy(true);
    let failed = 0;
    for (const id of selected) {
      const isDone = await deed(id).then(
        ({ response }) => response.ok,
        () => false,
      );
      if (!isDone) failed += 1;
    }
    setBusy(false);
    setRefused(failed);
    if (failed === 0) onDone();
  };
  const maintain = (isOn: boolean) => (id: string) =>
    client.POST("/api/services/{id}/maintenance-mode", { params: { path: { id }, query: { maintenance_mode: isOn } } });
  const check = (id: string) => client.POST("/api/services/{id}/check", { params: { path: { id } } });
  return (
    <div className={styles.selection} role="status">
      <b>{t("fleet:guests.selected", { count: selected.size })}</b>
      {mayOperate && (
        <>
          <PlainButton isBusy={isBusy} onClick={() => void run(check)}>
            {t("act.check")}
          </PlainButton>
          <PlainButton isBusy={isBusy} onClick={() => void run(maintain(true))}>
            {t("act.maintenanceOn")}
          </PlainButton>
          <PlainButton isBusy={isBusy} onClick={() => void run(maintain(false))}>
            {t("act.maintenanceOff")}
          </PlainButton>
        </>
      )}
      <PlainButton onClick={onDone}>{t("list.unselect")}</PlainButton>
      {refused > 0 && <span>{t("list.refused", { count: refused })}</span>}
    </div>
  );
}
