// One backup server: how it fares and what to do, its certificate, its datastores, the doctor.
import { useNavigate, useParams } from "react-router";
import { client } from "../../api/client";
import { useAnswer, useOrder } from "../../fleet/ask";
import { serverLook, useBackupServer } from "../../fleet/backups";
import type { BackupServer } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useTrouble } from "../../fleet/reason";
import { useWords } from "../../fleet/words";
import { useMay } from "../../fleet/world";
import { Answered } from "../../parts/edges";
import { OrderButton } from "../../parts/order-button";
import { Facts, Notice, PageHead, Panel, PanelGrid } from "../../parts/panel";
import { RemoveDialog } from "../../parts/remove-dialog";
import { StateMark } from "../../parts/state-mark";
import { DoctorTable } from "../../views/doctor-table";
import { Datastores } from "./servers";
import styles from "./servers.module.css";

const paramsOf = (server: BackupServer) => ({ params: { path: { id: server.id } } });

function Remove({ server }: { server: BackupServer }) {
  const t = useWords();
  const navigate = useNavigate();
  const remove = useOrder(
    () => client.DELETE("/api/backup-servers/{id}", paramsOf(server)),
    () => void navigate("/backups"),
  );
  return (
    <RemoveDialog
      word={t("clusters.remove")}
      title={t("clusters.removeTitle", { name: server.name })}
      help={t("clusters.removeHelp")}
      confirm={
        <OrderButton order={remove} kind="danger">
          {t("clusters.remove")}
        </OrderButton>
      }
    />
  );
}

function Actions({ server }: { server: BackupServer }) {
  const t = useWords();
  const sync = useOrder(() => client.POST("/api/backup-servers/{id}/sync", paramsOf(server)));
  const pause = useOrder(() => client.PUT("/api/backup-servers/{id}", { ...paramsOf(server), body: { paused: !server.paused } }));
  const mayOperate = useMay("operator");
  const mayConfigure = useMay("admin");
  return (
    <>
      {mayOperate && !server.paused && <OrderButton order={sync}>{t("clusters.sync")}</OrderButton>}
      {mayConfigure && <OrderButton order={pause}>{t(server.paused ? "clusters.resume" : "clusters.pause")}</OrderButton>}
      {mayConfigure && <Remove server={server} />}
    </>
  );
}

function NewCertificate({ server, seen }: { server: BackupServer; seen: string }) {
  const t = useWords();
  const mayConfirm = useMay("admin");
  const confirm = useOrder(() =>
    client.POST("/api/backup-servers/{id}/confirm-fingerprint", { ...paramsOf(server), body: { fingerprint_sha256: seen } }),
  );
  return (
    <Notice tone="crit">
      <b>{t("clusters.confirmTitle", { address: server.endpoint.address })}</b>
      <p>{t("servers.confirmHelp")}</p>
      <div>{t("clusters.nowShows")}</div>
      <code className={styles.fingerprint}>{seen}</code>
      <div>{t("clusters.was")}</div>
      <code className={styles.fingerprint}>{server.endpoint.fingerprints.join("\n")}</code>
      {mayConfirm && <OrderButton order={confirm}>{t("clusters.confirm")}</OrderButton>}
    </Notice>
  );
}

function Connection({ server }: { server: BackupServer }) {
  const t = useWords();
  const numbers = useNumbers();
  const { endpoint } = server;
  const seen = endpoint.seen_certificate;
  const isChanged = endpoint.state === "tls_mismatch" && seen !== null && !endpoint.fingerprints.includes(seen.fingerprint_sha256);
  return (
    <Panel title={t("clusters.endpoints")}>
      {isChanged && <NewCertificate server={server} seen={seen.fingerprint_sha256} />}
      <Facts
        facts={[
          { name: t("field.address"), value: `${endpoint.address}:${endpoint.port}` },
          { name: t("field.lastAnswer"), value: numbers.ago(server.last_poll_at) },
          { name: t("field.requests"), value: numbers.decimal(server.requests_per_minute) },
          seen ? { name: t("field.validUntil"), value: numbers.moment(seen.not_after) } : null,
          !isChanged && seen
            ? { name: t("field.fingerprint"), value: <code className={styles.fingerprint}>{seen.fingerprint_sha256}</code> }
            : null,
        ]}
      />
    </Panel>
  );
}

function Doctor({ server }: { server: BackupServer }) {
  const t = useWords();
  const numbers = useNumbers();
  const last = useAnswer(["server-doctor", server.id], () => client.GET("/api/backup-servers/{id}/doctor", paramsOf(server)), null);
  const run = useOrder(() => client.POST("/api/backup-servers/{id}/doctor", paramsOf(server)), last.retry);
  const mayRun = useMay("operator");
  const when = last.data?.ran_at ? numbers.ago(last.data.ran_at) : undefined;
  return (
    <Panel title={t("field.doctor")} hint={when} actions={mayRun && <OrderButton order={run}>{t("clusters.runDoctor")}</OrderButton>}>
      <Answered answer={last}>
        {(answer) => (answer.ran_at ? <DoctorTable checks={answer.checks} /> : <p>{t("clusters.doctorNever")}</p>)}
      </Answered>
    </Panel>
  );
}

function Server({ server }: { server: BackupServer }) {
  const numbers = useNumbers();
  const t = useWords();
  const trouble = useTrouble(server);
  const hint = (
    <>
      <StateMark look={serverLook(server)} />
      {server.version && ` · PBS ${server.version}`}
      {` · ${t("field.lastAnswer")}: ${numbers.ago(server.last_poll_at)}`}
    </>
  );
  return (
    <>
      <PageHead title={server.name} hint={hint} actions={<Actions server={server} />} />
      {trouble && <Notice tone={serverLook(server).tone === "crit" ? "crit" : "warn"}>{trouble}</Notice>}
      <PanelGrid>
        <Datastores server={server.id} />
        <Connection server={server} />
        <Doctor server={server} />
      </PanelGrid>
    </>
  );
}

export function ServerPage() {
  const { id } = useParams();
  const answer = useBackupServer(id ?? "");
  return <Answered answer={answer}>{(server) => <Server server={server} />}</Answered>;
}
