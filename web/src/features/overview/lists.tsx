// The lists beside the tiles: findings, fullest storages, recent changes.
import { useState } from "react";
import { Link } from "react-router";
import { guestLook, storageLook } from "../../fleet/look";
import type { Node, Storage, Vm } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useWords } from "../../fleet/words";
import { useClusterName } from "../../fleet/world";
import { Meter } from "../../parts/meter";
import { Panel } from "../../parts/panel";
import { Shape, StateMark } from "../../parts/state-mark";
import { type Finding, recentChanges } from "./attention";
import styles from "./overview-page.module.css";

const MOST_FINDINGS = 6;
/** Who has more than this works from the lists, which can be searched. */
const MOST_WHOLE = 200;

export function Findings({ findings }: { findings: readonly Finding[] }) {
  const t = useWords();
  const numbers = useNumbers();
  const [isWhole, setWhole] = useState(false);
  return (
    <Panel
      title={t("overview.attention")}
      hint={findings.length === 0 ? t("overview.nothingDetail") : undefined}
      actions={
        findings.length > MOST_FINDINGS && (
          <button type="button" className={styles.more} aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
            {isWhole ? t("overview.fewer") : t("overview.allFindings", { count: findings.length })}
          </button>
        )
      }
    >
      <ul className={styles.list}>
        {findings.slice(0, isWhole ? MOST_WHOLE : MOST_FINDINGS).map((finding) => (
          <li key={finding.key} className={styles.finding}>
            <Shape tone={finding.look.tone} />
            <span>
              <Link to={finding.to}>{finding.name}</Link> {t(finding.look.word)}
              {finding.ratio !== null && ` · ${numbers.percent(finding.ratio)}`}
              {finding.place && <span className={styles.muted}> {finding.place}</span>}
              {finding.advice && <div className={styles.muted}>{t(finding.advice)}</div>}
            </span>
            <span className={styles.muted}>{finding.since && numbers.age(finding.since)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function StorageRow({ storage }: { storage: Storage }) {
  const numbers = useNumbers();
  const cluster = useClusterName(storage.cluster_id);
  const look = storageLook(storage);
  return (
    <li className={styles.row}>
      <Link to={`/storages/${storage.id}`} title={storage.name}>
        {storage.name}
      </Link>
      <span className={styles.muted}>{cluster}</span>
      <Meter ratio={storage.used_ratio} tone={look.tone} />
      <b>{numbers.percent(storage.used_ratio)}</b>
    </li>
  );
}

export function Fullest({ storages }: { storages: readonly Storage[] }) {
  const t = useWords();
  const fullest = storages
    .filter((storage) => storage.used_ratio !== null)
    .sort((a, b) => (b.used_ratio ?? 0) - (a.used_ratio ?? 0))
    .slice(0, 6);
  return (
    <Panel
      title={t("overview.filling")}
      hint={fullest.length === 0 ? t("overview.fillingEmpty") : undefined}
      actions={<Link to="/storages">{t("overview.all")}</Link>}
    >
      <ul className={styles.list}>
        {fullest.map((storage) => (
          <StorageRow key={storage.id} storage={storage} />
        ))}
      </ul>
    </Panel>
  );
}

export function Changes({ nodes, vms }: { nodes: readonly Node[]; vms: readonly Vm[] }) {
  const t = useWords();
  const numbers = useNumbers();
  const changes = recentChanges(nodes, vms, guestLook);
  return (
    <Panel title={t("overview.changes")} hint={changes.length === 0 ? t("overview.changesEmpty") : undefined}>
      <ul className={styles.list}>
        {changes.map((change) => (
          <li key={change.key} className={styles.change}>
            <span>
              <Link to={change.to}>{change.name}</Link>
            </span>
            <StateMark look={change.look} />
            <span className={styles.muted} title={numbers.moment(change.since)}>
              {numbers.ago(change.since)}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
