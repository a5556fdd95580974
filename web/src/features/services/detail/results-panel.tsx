// The last results, one by one, with what was seen where that was kept; and the certificate of the newest.
import { useState } from "react";
import { client } from "../../../api/client";
import { useAnswer } from "../../../fleet/ask";
import type { CheckEvidence, HealthCheck, Service } from "../../../fleet/nouns";
import { useNumbers } from "../../../fleet/numbers";
import { statusLook } from "../../../fleet/services/look";
import { reasonOf } from "../../../fleet/services/reason";
import { useServiceWords } from "../../../fleet/services/words";
import { useMay } from "../../../fleet/world";
import { Answered } from "../../../parts/edges";
import { PlainButton } from "../../../parts/order-button";
import { Panel } from "../../../parts/panel";
import { StateMark } from "../../../parts/state-mark";
import { type Column, Table } from "../../../parts/table";
import { CertificateFacts, Evidence, ResultView } from "../../../views/services/result";
import styles from "./service-page.module.css";

const RESULTS = 50;
const EVERY = 30_000;
const FIRST = { key: "at", down: true };

function EvidenceOf({ id }: { id: string }) {
  const evidence = useAnswer<CheckEvidence>(
    ["evidence", id],
    () => client.GET("/api/health-checks/{id}/evidence", { params: { path: { id } } }),
    null,
  );
  return <Answered answer={evidence}>{(seen) => <Evidence evidence={seen} />}</Answered>;
}

/** The newest result in full; what it saw is for those who may configure. */
export function LastResultPanel({ service }: { service: Service }) {
  const t = useServiceWords();
  const numbers = useNumbers();
  const mayRead = useMay("editor");
  const latest = useAnswer<HealthCheck | null>(
    ["service-latest", service.id, service.last_check ?? ""],
    () => client.GET("/api/health-checks/latest/{id}", { params: { path: { id: service.id } } }),
    null,
  );
  const failed = useAnswer<HealthCheck[]>(
    ["service-evidence", service.id, service.status_since],
    () =>
      client.GET("/api/health-checks", {
        params: { query: { service_id: [service.id], status: ["down", "warning"], hours: 720, limit: 1 } },
      }),
    null,
  );
  const seen = (failed.data ?? []).find((one) => one.has_evidence);
  return (
    <Panel title={t("result.last")} hint={numbers.ago(service.last_check)}>
      <Answered answer={latest}>{(result) => (result ? <ResultView result={result} /> : <p>{t("result.never")}</p>)}</Answered>
      {mayRead && seen && (
        <details className={styles.more}>
          <summary>{t("evidence.title", { time: numbers.moment(seen.checked_at) })}</summary>
          <EvidenceOf id={seen.id} />
        </details>
      )}
    </Panel>
  );
}

export function CertificatePanel({ service }: { service: Service }) {
  const t = useServiceWords();
  const latest = useAnswer<HealthCheck | null>(
    ["service-latest", service.id, service.last_check ?? ""],
    () => client.GET("/api/health-checks/latest/{id}", { params: { path: { id: service.id } } }),
    null,
  );
  const certificate = latest.data?.certificate;
  if (!certificate) return null;
  return (
    <Panel title={t("cert.title")}>
      <CertificateFacts certificate={certificate} />
    </Panel>
  );
}

function Reason({ result }: { result: HealthCheck }) {
  const t = useServiceWords();
  if (result.reason === "ok") return <>–</>;
  const reason = reasonOf(t, result.reason, result.reason_parameter, result.error_message);
  return <span title={result.error_message ?? reason.text}>{reason.text}</span>;
}

export function ResultsPanel({ service }: { service: Service }) {
  const t = useServiceWords();
  const numbers = useNumbers();
  const mayRead = useMay("editor");
  const [open, setOpen] = useState<string | null>(null);
  const results = useAnswer<HealthCheck[]>(
    ["service-results", service.id],
    () => client.GET("/api/health-checks", { params: { query: { service_id: [service.id], hours: 48, limit: RESULTS } } }),
    EVERY,
  );
  const columns: readonly Column<HealthCheck>[] = [
    {
      key: "at",
      title: t("result.at"),
      cell: (one) => <span title={numbers.ago(one.checked_at)}>{numbers.moment(one.checked_at)}</span>,
      by: (one) => one.checked_at,
    },
    { key: "state", title: t("fleet:field.state"), cell: (one) => <StateMark look={statusLook(one.status)} /> },
    {
      key: "time",
      title: t("list.latency"),
      right: true,
      cell: (one) => numbers.millis(one.response_time),
      by: (one) => one.response_time,
    },
    { key: "reason", title: t("result.reason"), cell: (one) => <Reason result={one} /> },
    { key: "address", title: t("fleet:field.address"), wideOnly: true, cell: (one) => one.address ?? "–" },
    {
      key: "seen",
      title: t("evidence.short"),
      wideOnly: true,
      cell: (one) =>
        mayRead && one.has_evidence ? (
          <PlainButton onClick={() => setOpen(open === one.id ? null : one.id)}>
            {t(open === one.id ? "evidence.hide" : "evidence.show")}
          </PlainButton>
        ) : (
          "–"
        ),
    },
  ];
  return (
    <Panel title={t("result.title")} hint={t("result.kept")} wide>
      {open !== null && (
        <div className={styles.seen}>
          <EvidenceOf id={open} />
        </div>
      )}
      <Answered answer={results}>
        {(rows) => (
          <Table label={t("result.title")} rows={rows} columns={columns} rowKey={(one) => one.id} empty={t("result.never")} first={FIRST} />
        )}
      </Answered>
    </Panel>
  );
}
