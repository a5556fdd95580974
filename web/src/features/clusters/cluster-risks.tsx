// What may go wrong soon in a cluster, worst first, and what its quorum and its high availability rest on.
import { Link } from "react-router";
import { client } from "../../api/client";
import { useAnswer } from "../../fleet/ask";
import type { Tone } from "../../fleet/look";
import type { Cluster, ClusterRisks, Risk } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useReason } from "../../fleet/reason";
import { useWords } from "../../fleet/words";
import { useNames } from "../../fleet/world";
import { Answered } from "../../parts/edges";
import { type Fact, Facts, Panel } from "../../parts/panel";
import { Shape } from "../../parts/state-mark";
import { WhyNot } from "../../views/fact-panel";
import styles from "./cluster-risks.module.css";

const HALF_MINUTE = 30_000;
const TONES: Record<Risk["severity"], Tone> = { critical: "crit", warning: "warn", info: "off" };

/** "2 critical, 1 to look at"; notes do not count. */
export function RiskCount({ cluster }: { cluster: Cluster }) {
  const t = useWords();
  const numbers = useNumbers();
  const counts = cluster.risk_counts;
  if (counts === null) return <>–</>;
  if (counts.critical + counts.warning === 0) return <>{t("risks.calm")}</>;
  return (
    <>
      <Shape tone={counts.critical > 0 ? "crit" : "warn"} />{" "}
      {t("risks.line", { critical: numbers.count(counts.critical), warning: numbers.count(counts.warning) })}
    </>
  );
}

function RiskLine({ risk }: { risk: Risk }) {
  const t = useWords();
  const numbers = useNumbers();
  const say = useReason("risk");
  const names = useNames();
  const node = risk.node_id === null ? undefined : names.nodes[risk.node_id];
  return (
    <li className={styles.risk}>
      <span className={styles.severity}>
        <Shape tone={TONES[risk.severity]} /> {t(`risks.severity.${risk.severity}`)}
      </span>
      <span className={styles.said}>
        {node && <Link to={`/nodes/${risk.node_id}`}>{node}</Link>}
        {node && ": "}
        <span title={risk.text}>{say(risk.code, risk.params, risk.text)}</span>
      </span>
      <span className={styles.since}>{t("risks.first", { age: numbers.age(risk.since) })}</span>
    </li>
  );
}

function useFacts(): (risks: ClusterRisks) => Fact[] {
  const t = useWords();
  const numbers = useNumbers();
  return ({ quorum, ha }) => {
    const facts: Fact[] = [];
    if (quorum) {
      const counts = { online: quorum.online, members: quorum.members, needed: quorum.needed, votes: quorum.votes };
      const margin = quorum.margin > 0 ? t("risks.margin", { count: quorum.margin }) : t("risks.marginNone");
      facts.push({ name: t("field.quorum"), value: `${t("risks.quorum", counts)}. ${margin}` });
      if (quorum.has_qdevice !== null) {
        const at = t("risks.qdeviceAt", { host: quorum.qdevice_host ?? "–", state: quorum.qdevice_state ?? "–" });
        facts.push({ name: t("risks.qdevice"), value: quorum.has_qdevice ? at : t("risks.qdeviceNone") });
      }
    }
    if (ha.collected_at !== null) {
      const used = t("risks.haResources", { count: ha.resources.length, node: ha.manager?.node ?? "–" });
      const line = ha.resources.length === 0 ? t("risks.haNone") : used;
      facts.push({ name: t("risks.ha"), value: `${line} · ${t("node.asOf", { ago: numbers.ago(ha.collected_at) })}` });
    }
    return facts;
  };
}

export function RiskPanel({ cluster }: { cluster: Cluster }) {
  const t = useWords();
  const factsOf = useFacts();
  const params = { params: { path: { id: cluster.id } } };
  const answer = useAnswer(["risks", cluster.id], () => client.GET("/api/clusters/{id}/risks", params), HALF_MINUTE);
  return (
    <Panel title={t("risks.title")} hint={t("risks.hint")} wide>
      <Answered answer={answer}>
        {(risks) => (
          <>
            {risks.items.length === 0 ? (
              <p className={styles.calm}>
                <Shape tone={cluster.risk_counts === null ? "unknown" : "ok"} />{" "}
                {t(cluster.risk_counts === null ? "node.notAsked" : "risks.none")}
              </p>
            ) : (
              <ul className={styles.list} aria-label={t("risks.title")}>
                {risks.items.map((risk) => (
                  <RiskLine key={risk.id} risk={risk} />
                ))}
              </ul>
            )}
            <Facts facts={factsOf(risks)} />
            {risks.ha.unavailable_reason !== null && <WhyNot fact={risks.ha} />}
          </>
        )}
      </Answered>
    </Panel>
  );
}
