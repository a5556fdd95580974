// The cause, and what hangs on it.
import { useState } from "react";
import { Link } from "react-router";
import type { IncidentDetail } from "../../../fleet/nouns";
import { Panel } from "../../../parts/panel";
import { Shape } from "../../../parts/state-mark";
import { Button } from "../../../ui/button";
import { faultWord, objectPath, TONES, useAlertWords, useCause } from "../../../views/alerts/words";
import styles from "./incident.module.css";
import { type Branch, treeOf } from "./tree";

/** So many of one cause are listed at first. */
const FEW = 12;

function Leaf({ branch: { alert, below } }: { branch: Branch }) {
  const t = useAlertWords();
  const causeOf = useCause();
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? below : below.slice(0, FEW);
  return (
    <li>
      <span className={styles.leaf}>
        <Shape tone={alert.is_resolved ? "ok" : TONES[alert.severity]} />
        <span>
          <Link to={objectPath(alert.object)}>{alert.object.name}</Link> {faultWord(t, alert)}{" "}
          <span className={styles.quiet}>
            {[alert.part, causeOf(alert), alert.is_recovering ? t("recovering") : t(`state.${alert.state}`)].filter(Boolean).join(" · ")}
          </span>
        </span>
      </span>
      {below.length > 0 && (
        <ul>
          {shown.map((one) => (
            <Leaf key={one.alert.id} branch={one} />
          ))}
        </ul>
      )}
      {below.length > shown.length && (
        <Button look="quiet" onClick={() => setWhole(true)}>
          {t("showRest", { count: below.length - shown.length })}
        </Button>
      )}
    </li>
  );
}

export function CauseTree({ incident }: { incident: IncidentDetail }) {
  const t = useAlertWords();
  return (
    <Panel title={t("tree")} hint={t("treeHint")}>
      <ul className={styles.tree} aria-label={t("tree")}>
        {treeOf(incident.alerts, incident.root_alert?.id ?? null).map((branch) => (
          <Leaf key={branch.alert.id} branch={branch} />
        ))}
      </ul>
    </Panel>
  );
}
