// One service: its state and why, where its time goes, when it was down, what it promised, and what the last check saw.
import { useState } from "react";
import { Link, useParams } from "react-router";
import { client } from "../../../api/client";
import { useOrderOf } from "../../../fleet/ask";
import type { Service } from "../../../fleet/nouns";
import { useNumbers } from "../../../fleet/numbers";
import { useRange } from "../../../fleet/range";
import { isUndecided, serviceLook, targetText } from "../../../fleet/services/look";
import { useServiceReason } from "../../../fleet/services/reason";
import { useServiceWords } from "../../../fleet/services/words";
import { SUBJECT_PATHS, subjectOf, useService, useSubjectName } from "../../../fleet/services/world";
import { useMay, useStream } from "../../../fleet/world";
import { Edges, Gone } from "../../../parts/edges";
import { PlainButton } from "../../../parts/order-button";
import { Facts, Notice, PageHead, Panel, PanelGrid } from "../../../parts/panel";
import { StateMark } from "../../../parts/state-mark";
import { RangePicker } from "../../../views/charts/range-picker";
import { PushLines } from "../../../views/services/push-lines";
import { CertificatePanel, LastResultPanel, ResultsPanel } from "./results-panel";
import { ServiceActions } from "./service-actions";
import { hasLatency, ServiceCharts } from "./service-charts";
import styles from "./service-page.module.css";
import { SlaPanel } from "./sla-panel";
import { StatesPanel, UptimePanel } from "./states-panel";

/** Only a link that a browser follows as a page; anything else stays text. */
const isPage = (url: string): boolean => /^https?:\/\//i.test(url);

function Why({ service }: { service: Service }) {
  const t = useServiceWords();
  const reason = useServiceReason()(service.reason, service.reason_parameter, service.reason_detail);
  const { cause } = service;
  const tone = serviceLook(service).tone;
  if (service.status === "unreachable" && cause)
    return (
      <Notice tone="crit">
        {t("why.unreachable", { kind: t(`kind.${cause.kind}`) })}{" "}
        <Link to={cause.kind === "service" ? `/services/${cause.id}` : `${SUBJECT_PATHS[cause.kind]}/${cause.id}`}>{cause.name}</Link>
      </Notice>
    );
  const isWorthSaying = reason !== null && service.reason !== "ok" && (tone !== "ok" || isUndecided(service));
  return (
    <>
      {isWorthSaying && service.is_active && (
        <Notice tone={tone === "ok" ? "warn" : tone}>
          {isUndecided(service) && <div>{t(`why.${service.phase}`, { failures: service.retries + 1 })}</div>}
          <div>{reason.text}</div>
          {service.reason_detail && (
            <div className={styles.said} lang="en">
              {service.reason_detail}
            </div>
          )}
          {reason.advice && <div>{reason.advice}</div>}
          {isPage(service.runbook_url) && (
            <a href={service.runbook_url} target="_blank" rel="noreferrer">
              {t("why.runbook")}
            </a>
          )}
        </Notice>
      )}
      {!service.is_active && <Notice tone="off">{t("why.paused")}</Notice>}
      {service.maintenance_mode && <Notice tone="off">{t("why.maintenance")}</Notice>}
    </>
  );
}

function Settings({ service }: { service: Service }) {
  const t = useServiceWords();
  const numbers = useNumbers();
  const worst = service.check_interval + service.retries * service.retry_interval + service.timeout;
  return (
    <Panel title={t("fleet:guest.details")}>
      <Facts
        facts={[
          { name: t("fleet:field.type"), value: t(`type.${service.type}`) },
          service.target ? { name: t("edit.target"), value: targetText(service) } : null,
          { name: t("facts.interval"), value: numbers.duration(service.check_interval) },
          { name: t("facts.timeout"), value: numbers.duration(service.timeout) },
          {
            name: t("facts.confirm"),
            value: t("facts.confirmAfter", { failures: service.retries + 1, time: numbers.duration(worst) }),
          },
          { name: t("facts.next"), value: service.next_check ? numbers.moment(service.next_check) : "–" },
          { name: t("facts.p95"), value: numbers.millis(service.response_time_p95) },
          service.tags.length > 0 ? { name: t("fleet:field.tags"), value: service.tags.join(", ") } : null,
          service.notes ? { name: t("fleet:field.note"), value: service.notes } : null,
          isPage(service.runbook_url)
            ? {
                name: t("edit.runbook_url"),
                value: (
                  <a href={service.runbook_url} target="_blank" rel="noreferrer">
                    {service.runbook_url}
                  </a>
                ),
              }
            : null,
        ]}
      />
    </Panel>
  );
}

function PushPanel({ service }: { service: Service }) {
  const t = useServiceWords();
  const mayEdit = useMay("editor");
  const [token, setToken] = useState<string | null>(null);
  const renew = useOrderOf(() => client.POST("/api/services/{id}/push-token", { params: { path: { id: service.id } } }));
  const take = async () => {
    const made = await renew.run();
    if (made) setToken(made.token);
  };
  const action = mayEdit && (
    <PlainButton isBusy={renew.isBusy} onClick={() => void take()}>
      {t("push.renew")}
    </PlainButton>
  );
  return (
    <Panel title={t("push.title")} wide actions={action}>
      {renew.problem && <p role="alert">{renew.problem.detail || t("fleet:edge.failed")}</p>}
      <PushLines token={token} />
    </Panel>
  );
}

function SubjectLink({ service }: { service: Service }) {
  const subject = subjectOf(service);
  const name = useSubjectName(subject);
  if (!subject) return null;
  return (
    <>
      {" · "}
      <Link to={`${SUBJECT_PATHS[subject.kind]}/${subject.id}`}>{name || subject.id}</Link>
    </>
  );
}

function ServiceDetail({ service }: { service: Service }) {
  const t = useServiceWords();
  const numbers = useNumbers();
  const control = useRange();
  const hint = (
    <>
      <StateMark look={serviceLook(service)} />{" "}
      <span title={numbers.moment(service.status_since)}>{t("fleet:since", { time: numbers.ago(service.status_since) })}</span>
      {` · ${[t(`type.${service.type}`), targetText(service)].filter(Boolean).join(" ")}`}
      <SubjectLink service={service} />
      {` · ${t("facts.checked", { time: numbers.ago(service.last_check) })}`}
    </>
  );
  return (
    <>
      <PageHead title={service.name} hint={hint} actions={<ServiceActions service={service} />} />
      <Why service={service} />
      <RangePicker control={control} />
      {hasLatency(service.type) && <ServiceCharts service={service} control={control} />}
      <PanelGrid>
        <StatesPanel service={service} range={control.range} />
        <UptimePanel service={service} />
        <LastResultPanel service={service} />
        <CertificatePanel service={service} />
        <Settings service={service} />
        {service.type === "push" && <PushPanel service={service} />}
        <SlaPanel service={service} />
        <ResultsPanel service={service} />
      </PanelGrid>
    </>
  );
}

export function ServicePage() {
  const { id = "" } = useParams();
  const stream = useStream("services", "vms", "nodes", "clusters");
  const service = useService(id);
  return <Edges stream={stream}>{service ? <ServiceDetail key={id} service={service} /> : <Gone />}</Edges>;
}
