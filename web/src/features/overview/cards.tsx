// The four cards that answer "is anything wrong?" in words.
import type { ReactNode } from "react";
import { Link } from "react-router";
import { fillTone, ratioOf } from "../../fleet/look";
import type { Node, Service, Storage } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useWords } from "../../fleet/words";
import { Meter } from "../../parts/meter";
import { Shape } from "../../parts/state-mark";
import type { Finding, GuestCounts } from "./attention";
import styles from "./overview-page.module.css";

interface CardProps {
  title: string;
  number: string;
  line: ReactNode;
  to: string;
  isCritical?: boolean;
  children?: ReactNode;
}

function Card({ title, number, line, to, isCritical = false, children }: CardProps) {
  return (
    <Link to={to} className={`${styles.card} ${isCritical ? styles.critical : ""}`}>
      <h2>{title}</h2>
      <div className={styles.number}>{number}</div>
      <div className={styles.line}>{line}</div>
      {children}
    </Link>
  );
}

export function AttentionCard({ findings, isComplete }: { findings: readonly Finding[]; isComplete: boolean }) {
  const t = useWords();
  const numbers = useNumbers();
  const critical = findings.filter((finding) => finding.look.tone === "crit").length;
  const warning = findings.length - critical;
  const line =
    findings.length === 0 && !isComplete ? (
      t("edge.loading")
    ) : findings.length === 0 ? (
      <>
        <Shape tone="ok" /> {t("overview.nothing")}
      </>
    ) : (
      <>
        {critical > 0 && (
          <>
            <Shape tone="crit" /> {t("overview.critical", { count: critical })}
          </>
        )}
        {warning > 0 && (
          <>
            <Shape tone="warn" /> {t("overview.warning", { count: warning })}
          </>
        )}
      </>
    );
  return (
    <Card
      title={t("overview.attention")}
      number={isComplete || findings.length > 0 ? numbers.count(findings.length) : "–"}
      line={line}
      to={findings[0]?.to ?? "/nodes"}
      isCritical={critical > 0}
    />
  );
}

export function NodesCard({ nodes }: { nodes: readonly Node[] }) {
  const t = useWords();
  const numbers = useNumbers();
  const listed = nodes.filter((node) => !node.missing);
  const down = listed.filter((node) => node.status !== "online");
  const names =
    down
      .slice(0, 3)
      .map((node) => node.name)
      .join(", ") + (down.length > 3 ? " …" : "");
  return (
    <Card
      title={t("overview.nodesUp")}
      number={`${numbers.count(listed.length - down.length)} / ${numbers.count(listed.length)}`}
      line={down.length === 0 ? t("overview.allUp") : t("overview.notUp", { names })}
      to="/nodes"
    />
  );
}

const share = (part: number, total: number) => ({ flexGrow: part / Math.max(1, total) });

export function GuestsCard({ counts }: { counts: GuestCounts }) {
  const t = useWords();
  const numbers = useNumbers();
  const rest = counts.stopped + counts.paused;
  return (
    <Card
      title={t("overview.guestsRunning")}
      number={numbers.count(counts.running)}
      line={
        <>
          {t("overview.stopped", { count: rest })}
          {counts.unclear > 0 && ` · ${t("overview.unclear", { count: counts.unclear })}`}
        </>
      }
      to="/vms"
    >
      <div className={styles.bar} aria-hidden="true">
        {counts.running > 0 && <span className={styles.running} style={share(counts.running, counts.total)} />}
        {counts.paused > 0 && <span className={styles.paused} style={share(counts.paused, counts.total)} />}
        {counts.stopped > 0 && <span className={styles.stopped} style={share(counts.stopped, counts.total)} />}
        {counts.unclear > 0 && <span className={styles.unclear} style={share(counts.unclear, counts.total)} />}
      </div>
    </Card>
  );
}

/** The share of time of all of them together, as far as it is known. */
function meanUptime(services: readonly Service[]): number | null {
  const known = services.flatMap((one) => (one.uptime_day.uptime_percent === null ? [] : [one.uptime_day.uptime_percent]));
  return known.length === 0 ? null : known.reduce((sum, percent) => sum + percent, 0) / known.length;
}

export function ServicesCard({ services }: { services: readonly Service[] }) {
  const t = useWords();
  const numbers = useNumbers();
  const watched = services.filter((one) => one.status !== "paused");
  const count = (status: Service["status"]) => watched.filter((one) => one.status === status).length;
  const up = count("up") + count("warning");
  const down = count("down") + count("unreachable");
  const unclear = watched.length - up - down;
  const parts = [
    ...(unclear > 0 ? [t("overview.unclear", { count: unclear })] : []),
    t("overview.servicesDay", { share: numbers.share(meanUptime(watched)) }),
  ];
  return (
    <Card
      title={t("overview.servicesUp")}
      number={`${numbers.count(up)} / ${numbers.count(watched.length)}`}
      line={
        <>
          {down > 0 && (
            <>
              <Shape tone="crit" /> {t("overview.servicesDown", { count: down })}
            </>
          )}
          <span>{parts.join(" · ")}</span>
        </>
      }
      to="/services"
    />
  );
}

export function StorageCard({ storages }: { storages: readonly Storage[] }) {
  const t = useWords();
  const numbers = useNumbers();
  const sized = storages.filter((storage) => storage.used_bytes !== null && storage.total_bytes !== null);
  const used = sized.reduce((sum, storage) => sum + (storage.used_bytes ?? 0), 0);
  const total = sized.reduce((sum, storage) => sum + (storage.total_bytes ?? 0), 0);
  const ratio = ratioOf(used, total);
  return (
    <Card
      title={t("overview.storage")}
      number={numbers.percent(ratio)}
      line={sized.length > 0 ? t("of", { used: numbers.bytes(used), total: numbers.bytes(total) }) : t("unknown")}
      to="/storages"
    >
      <Meter ratio={ratio} tone={fillTone(ratio)} />
    </Card>
  );
}
