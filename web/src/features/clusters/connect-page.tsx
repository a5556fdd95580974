// Connect a cluster or a backup server: address, then its certificate, then the token, then what the doctor says. The token leaves the
// browser only after a person has compared the fingerprint.
import { useReducer } from "react";
import { useNavigate } from "react-router";
import { client } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { type OrderOf, useOrderOf } from "../../fleet/ask";
import type { Certificate } from "../../fleet/nouns";
import { useWords } from "../../fleet/words";
import { PageHead } from "../../parts/panel";
import { type Address, parseAddress, parseToken } from "./address";
import styles from "./connect.module.css";
import { AddressStep, CertificateStep, CheckStep, type Kind, TokenStep } from "./connect-steps";

type Doctor = components["schemas"]["Doctor"];

export interface Draft {
  addressText: string;
  address: Address | null;
  certificate: Certificate | null;
  isConfirmed: boolean;
  tokenText: string;
  name: string;
}

const EMPTY: Draft = { addressText: "", address: null, certificate: null, isConfirmed: false, tokenText: "", name: "" };

const change = (draft: Draft, part: Partial<Draft>): Draft => ({ ...draft, ...part });

interface Connection {
  kind: Kind;
  /** Given an address, a name and a token; answers with the id. */
  check: OrderOf<void, Doctor>;
  save: OrderOf<void, { id: string }>;
}

function useDraft(kind: Kind) {
  const [draft, put] = useReducer(change, EMPTY);
  const token = parseToken(draft.tokenText);
  const usual = kind === "pbs" ? 8007 : 8006;
  const tls = { mode: "fingerprint" as const, fingerprints: [draft.certificate?.fingerprint_sha256 ?? ""] };
  const secrets = { token_id: token?.id ?? "", token_secret: token?.secret ?? "", tls };
  const target = { address: draft.address?.address ?? "", port: draft.address?.port ?? usual };
  return { draft, put, token, usual, secrets, target, name: draft.name.trim() };
}

interface StepsProps extends Connection {
  from: ReturnType<typeof useDraft>;
  title: string;
  onSaved: (id: string) => void;
}

function Steps({ kind, from, title, check, save, onSaved }: StepsProps) {
  const { draft, put, token, usual } = from;
  const probe = useOrderOf((asked: Address) => client.POST("/api/clusters/probe", { body: asked }));
  const onProbe = async () => {
    const address = parseAddress(draft.addressText, usual);
    put({ address, certificate: null, isConfirmed: false });
    if (!address) return;
    const certificate = await probe.run(address);
    if (certificate) put({ certificate, name: draft.name || (address.address.split(".")[0] ?? "") });
  };
  const onSave = async () => {
    const made = await save.run(undefined);
    if (made) onSaved(made.id);
  };
  const step = { kind, draft, put };
  return (
    <>
      <PageHead title={title} />
      <ol className={styles.steps}>
        <AddressStep {...step} probe={probe} onProbe={() => void onProbe()} />
        {draft.certificate && <CertificateStep {...step} certificate={draft.certificate} />}
        {draft.isConfirmed && <TokenStep {...step} token={token} check={check} />}
        {draft.isConfirmed && check.answer && <CheckStep kind={kind} doctor={check.answer} save={save} onSave={() => void onSave()} />}
      </ol>
    </>
  );
}

export function ConnectPage() {
  const t = useWords();
  const navigate = useNavigate();
  const from = useDraft("pve");
  const { target, secrets, name } = from;
  const check = useOrderOf(() => client.POST("/api/clusters/test", { body: { ...target, ...secrets } }));
  const save = useOrderOf(() =>
    client.POST("/api/clusters", { body: { name, endpoints: [target], poll_interval_seconds: 30, ...secrets } }),
  );
  const onSaved = (id: string) => {
    // So that the list of clusters knows at once what the check has just shown; nobody waits for it.
    void client.POST("/api/clusters/{id}/doctor", { params: { path: { id } } }).catch(() => undefined);
    void navigate(`/clusters/${id}`);
  };
  return <Steps kind="pve" from={from} title={t("connect.title")} check={check} save={save} onSaved={onSaved} />;
}

export function ConnectServerPage() {
  const t = useWords();
  const navigate = useNavigate();
  const from = useDraft("pbs");
  const { target, secrets, name } = from;
  const check = useOrderOf(() => client.POST("/api/backup-servers/test", { body: { ...target, ...secrets } }));
  const save = useOrderOf(() => client.POST("/api/backup-servers", { body: { name, ...target, poll_interval_seconds: 60, ...secrets } }));
  const onSaved = (id: string) => void navigate(`/backup-servers/${id}`);
  return <Steps kind="pbs" from={from} title={t("servers.connect")} check={check} save={save} onSaved={onSaved} />;
}
