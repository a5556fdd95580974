// The four steps of connecting, each shown when the one before is done.
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Link } from "react-router";
import type { components } from "../../api/schema.gen";
import type { OrderOf } from "../../fleet/ask";
import type { Certificate } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useWords } from "../../fleet/words";
import { CopyLine } from "../../parts/copy-line";
import { PlainButton } from "../../parts/order-button";
import { Facts, Notice } from "../../parts/panel";
import { DoctorTable } from "../../views/doctor-table";
import { type Address, FINGERPRINT_LINE, SERVER_FINGERPRINT_LINE, SERVER_TOKEN_LINES, TOKEN_LINES, type Token } from "./address";
import styles from "./connect.module.css";
import type { Draft } from "./connect-page";

type Doctor = components["schemas"]["Doctor"];
const TOKEN_CHECK = "Q5";

/** A cluster, or a backup server. */
export type Kind = "pve" | "pbs";

interface StepProps {
  kind: Kind;
  draft: Draft;
  put: (part: Partial<Draft>) => void;
}

/** The words of a step: most are the same for both kinds. */
const wordOf = (kind: Kind, word: string) => `${kind === "pbs" ? "servers.connecting" : "connect"}.${word}`;

/** A step that opens, or brings a new answer, comes into view; the first is there already. */
function Step({ title, arrival, children }: { title: string; arrival?: unknown; children: ReactNode }) {
  const step = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (arrival !== undefined) step.current?.scrollIntoView?.({ block: "nearest" });
  }, [arrival]);
  return (
    <li ref={step} className={styles.step}>
      <h2>{title}</h2>
      {children}
    </li>
  );
}

interface FieldProps {
  label: string;
  help: string;
  value: string;
  problem: string | null;
  isSecret?: boolean;
  onValue: (value: string) => void;
}

function Field({ label, help, value, problem, isSecret = false, onValue }: FieldProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type={isSecret ? "password" : "text"}
        autoComplete="off"
        spellCheck={false}
        value={value}
        aria-describedby={`${id}-help`}
        aria-invalid={problem !== null}
        onChange={(event) => onValue(event.target.value)}
      />
      <p id={`${id}-help`} className={problem ? styles.problem : styles.help}>
        {problem ?? help}
      </p>
    </div>
  );
}

export function AddressStep({
  kind,
  draft,
  put,
  probe,
  onProbe,
}: StepProps & { probe: OrderOf<Address, Certificate>; onProbe: () => void }) {
  const t = useWords();
  const isBad = draft.addressText !== "" && draft.address === null && probe.wasTried;
  return (
    <Step title={t("connect.step1")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onProbe();
        }}
      >
        <Field
          label={t(wordOf(kind, "address"))}
          help={t(wordOf(kind, "addressHelp"))}
          value={draft.addressText}
          problem={isBad ? t("connect.addressBad") : probe.problem ? `${t("connect.silent")} ${probe.problem.detail}` : null}
          onValue={(addressText) => put({ addressText, certificate: null, isConfirmed: false })}
        />
        <PlainButton type="submit" kind="primary" isBusy={probe.isBusy} isDisabled={draft.addressText.trim() === ""}>
          {t("connect.probe")}
        </PlainButton>
        {probe.isBusy && <p className={styles.help}>{t("connect.probing")}</p>}
      </form>
    </Step>
  );
}

export function CertificateStep({ kind, certificate, draft, put }: StepProps & { certificate: Certificate }) {
  const t = useWords();
  const numbers = useNumbers();
  return (
    <Step title={t("connect.step2")} arrival={certificate}>
      <h3 className={styles.compare}>{t("connect.compare")}</h3>
      <code className={styles.fingerprint}>{certificate.fingerprint_sha256}</code>
      <p>{t(wordOf(kind, "compareHelp"))}</p>
      <CopyLine label={t("connect.compare")} text={kind === "pbs" ? SERVER_FINGERPRINT_LINE : FINGERPRINT_LINE} />
      <Facts
        facts={[
          { name: t("field.subject"), value: certificate.subject },
          { name: t("field.issuer"), value: certificate.issuer },
          { name: t("field.sans"), value: certificate.sans.join(", ") || "–" },
          { name: t("field.validUntil"), value: numbers.moment(certificate.not_after) },
        ]}
      />
      <p className={styles.help}>{t(certificate.chain_trusted ? "connect.trusted" : wordOf(kind, "untrusted"))}</p>
      <div className={styles.actions}>
        <PlainButton kind="primary" isDisabled={draft.isConfirmed} onClick={() => put({ isConfirmed: true })}>
          {t("connect.equal")}
        </PlainButton>
        <PlainButton onClick={() => put({ certificate: null, isConfirmed: false })}>{t("connect.different")}</PlainButton>
      </div>
      <p className={styles.help}>{t("connect.differentHelp")}</p>
    </Step>
  );
}

export function TokenStep({ kind, draft, put, token, check }: StepProps & { token: Token | null; check: OrderOf<void, Doctor> }) {
  const t = useWords();
  return (
    <Step title={t("connect.step3")} arrival={true}>
      <p>{t(wordOf(kind, "tokenHelp"))}</p>
      <CopyLine label={t("connect.step3")} text={kind === "pbs" ? SERVER_TOKEN_LINES : TOKEN_LINES} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void check.run(undefined);
        }}
      >
        <Field
          label={t("connect.token")}
          help={t("connect.tokenHint")}
          value={draft.tokenText}
          isSecret
          problem={draft.tokenText !== "" && !token ? t("connect.tokenBad") : null}
          onValue={(tokenText) => put({ tokenText })}
        />
        <Field
          label={t("connect.name")}
          help=""
          value={draft.name}
          problem={draft.name.trim() ? null : t("connect.nameBad")}
          onValue={(name) => put({ name })}
        />
        <PlainButton type="submit" kind="primary" isBusy={check.isBusy} isDisabled={!token || !draft.name.trim()}>
          {t(check.isBusy ? "connect.checking" : "connect.check")}
        </PlainButton>
        {check.problem && <Notice tone="crit">{check.problem.detail}</Notice>}
      </form>
    </Step>
  );
}

interface CheckProps {
  kind: Kind;
  doctor: Doctor;
  save: OrderOf<void, { id: string }>;
  onSave: () => void;
}

export function CheckStep({ kind, doctor, save, onSave }: CheckProps) {
  const t = useWords();
  const isBroken = doctor.checks.some((check) => check.result === "fail");
  // The server stores no token that Proxmox refuses; the doctor has said what to do.
  const isRefused = doctor.checks.some((check) => check.id === TOKEN_CHECK && check.result === "fail");
  const existing = save.problem?.code === "duplicate_cluster" ? save.problem.cluster_id : undefined;
  const isKnownServer = save.problem?.code === "duplicate_server";
  return (
    <Step title={t("connect.step4")} arrival={doctor}>
      {save.problem && (
        <Notice tone="crit">
          {existing ? t("connect.duplicate") : isKnownServer ? t("servers.connecting.duplicate") : save.problem.detail}{" "}
          {kind === "pve" && existing && <Link to={`/clusters/${existing}`}>{t("connect.duplicateOpen")}</Link>}
        </Notice>
      )}
      {!isRefused && (
        <PlainButton kind={isBroken ? "plain" : "primary"} isBusy={save.isBusy} onClick={onSave}>
          {t(isBroken ? "connect.saveAnyway" : "connect.save")}
        </PlainButton>
      )}
      <DoctorTable checks={doctor.checks} />
    </Step>
  );
}
