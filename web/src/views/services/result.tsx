// What one run of a check found: state and reason in words, what to do about a fault of ours, where the time went, the
// certificate, and what was seen.
import type { CheckCertificate, CheckEvidence, CheckPhases, HealthCheck } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { statusLook } from "../../fleet/services/look";
import { useServiceReason } from "../../fleet/services/reason";
import { useServiceWords } from "../../fleet/services/words";
import { Facts } from "../../parts/panel";
import { StateMark } from "../../parts/state-mark";
import styles from "./result.module.css";

const PHASES = ["dns_ms", "connect_ms", "tls_ms", "send_ms", "first_byte_ms", "transfer_ms"] as const;

export function PhaseBar({ phases }: { phases: CheckPhases }) {
  const t = useServiceWords();
  const numbers = useNumbers();
  const known = PHASES.flatMap((name) => {
    const millis = phases[name];
    return millis === null ? [] : [{ name, millis }];
  });
  const total = known.reduce((sum, one) => sum + one.millis, 0);
  if (known.length === 0) return null;
  return (
    <div>
      <div className={styles.phases} aria-hidden="true">
        {known.map(({ name, millis }) => (
          <span key={name} className={styles[name]} style={{ flexGrow: total > 0 ? millis / total : 0 }} />
        ))}
      </div>
      <ul className={styles.legend}>
        {known.map(({ name, millis }) => (
          <li key={name}>
            <span className={`${styles.swatch} ${styles[name]}`} aria-hidden="true" />
            {t(`phase.${name.replace("_ms", "")}`)} <b>{numbers.millis(millis)}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function CertificateFacts({ certificate }: { certificate: CheckCertificate }) {
  const t = useServiceWords();
  const numbers = useNumbers();
  const days = Math.floor((Date.parse(certificate.not_after) - Date.now()) / 86_400_000);
  const left = days < 0 ? t("cert.expired") : t("cert.left", { count: days });
  const isChainSooner = certificate.chain_not_after !== certificate.not_after;
  return (
    <Facts
      facts={[
        { name: t("fleet:field.subject"), value: certificate.subject },
        { name: t("fleet:field.issuer"), value: certificate.issuer },
        { name: t("fleet:field.validUntil"), value: `${numbers.moment(certificate.not_after)} (${left})` },
        isChainSooner
          ? {
              name: t("cert.chain"),
              value: t("cert.position", { time: numbers.moment(certificate.chain_not_after), position: certificate.chain_position }),
            }
          : null,
        { name: t("cert.protocol"), value: certificate.protocol },
        { name: t("cert.verified"), value: t(certificate.verified ? "fleet:yes" : "cert.notVerified") },
        { name: t("fleet:field.fingerprint"), value: <span className={styles.print}>{certificate.sha256}</span> },
      ]}
    />
  );
}

export function Evidence({ evidence }: { evidence: CheckEvidence }) {
  const t = useServiceWords();
  const parts = [
    { name: "request", text: evidence.request },
    { name: "headers", text: evidence.headers },
    { name: "body", text: evidence.body },
  ].filter((part) => part.text !== "");
  if (parts.length === 0) return <p className={styles.muted}>{t("evidence.none")}</p>;
  return (
    <div className={styles.evidence}>
      {parts.map((part) => (
        <section key={part.name} aria-label={t(`evidence.${part.name}`)}>
          <h3>{t(`evidence.${part.name}`)}</h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key */}
          <pre className={styles.raw} tabIndex={0}>
            {part.text}
          </pre>
        </section>
      ))}
    </div>
  );
}

export type Found = Pick<
  HealthCheck,
  "status" | "response_time" | "status_code" | "error_message" | "reason" | "reason_parameter" | "address" | "phases"
>;

export function ResultView({ result }: { result: Found }) {
  const t = useServiceWords();
  const numbers = useNumbers();
  const reason = useServiceReason()(result.reason, result.reason_parameter, result.error_message);
  return (
    <div className={styles.result}>
      <div className={styles.line}>
        <StateMark look={statusLook(result.status)} />
        <b>{numbers.millis(result.response_time)}</b>
        {result.status_code !== null && <span>{t("result.status", { code: String(result.status_code) })}</span>}
        {result.address && <span className={styles.muted}>{result.address}</span>}
      </div>
      {reason && <p className={styles.text}>{reason.text}</p>}
      {reason?.advice && <p className={styles.advice}>{reason.advice}</p>}
      {result.error_message && <p className={styles.detail}>{result.error_message}</p>}
      {result.phases && <PhaseBar phases={result.phases} />}
    </div>
  );
}
