// Connect a cluster: address, then its certificate, then the token, then what the doctor says. The token leaves the
// browser only after a person has compared the fingerprint.
import { useReducer } from "react";
import { useNavigate } from "react-router";
import { client } from "../../api/client";
import { useOrderOf } from "../../fleet/ask";
import type { Certificate } from "../../fleet/nouns";
import { useWords } from "../../fleet/words";
import { PageHead } from "../../parts/panel";
import { type Address, parseAddress, parseToken } from "./address";
import styles from "./connect.module.css";
import { AddressStep, CertificateStep, CheckStep, TokenStep } from "./connect-steps";

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

export function ConnectPage() {
  const t = useWords();
  const navigate = useNavigate();
  const [draft, put] = useReducer(change, EMPTY);
  const probe = useOrderOf((asked: Address) => client.POST("/api/clusters/probe", { body: asked }));
  const target = draft.address;
  const token = parseToken(draft.tokenText);
  const tls = { mode: "fingerprint" as const, fingerprints: [draft.certificate?.fingerprint_sha256 ?? ""] };
  const secrets = { token_id: token?.id ?? "", token_secret: token?.secret ?? "", tls };
  const check = useOrderOf(() =>
    client.POST("/api/clusters/test", { body: { address: target?.address ?? "", port: target?.port ?? 8006, ...secrets } }),
  );
  const save = useOrderOf(() =>
    client.POST("/api/clusters", {
      body: {
        name: draft.name.trim(),
        endpoints: [{ address: target?.address ?? "", port: target?.port ?? 8006 }],
        poll_interval_seconds: 30,
        ...secrets,
      },
    }),
  );

  const onProbe = async () => {
    const address = parseAddress(draft.addressText);
    put({ address, certificate: null, isConfirmed: false });
    if (!address) return;
    const certificate = await probe.run(address);
    if (certificate) put({ certificate, name: draft.name || (address.address.split(".")[0] ?? "") });
  };
  const onSave = async () => {
    const cluster = await save.run(undefined);
    if (!cluster) return;
    // So that the list of clusters knows at once what the check has just shown; nobody waits for it.
    void client.POST("/api/clusters/{id}/doctor", { params: { path: { id: cluster.id } } }).catch(() => undefined);
    void navigate(`/clusters/${cluster.id}`);
  };
  return (
    <>
      <PageHead title={t("connect.title")} />
      <ol className={styles.steps}>
        <AddressStep draft={draft} put={put} probe={probe} onProbe={() => void onProbe()} />
        {draft.certificate && <CertificateStep certificate={draft.certificate} draft={draft} put={put} />}
        {draft.isConfirmed && <TokenStep draft={draft} put={put} token={token} check={check} />}
        {draft.isConfirmed && check.answer && <CheckStep doctor={check.answer} save={save} onSave={() => void onSave()} />}
      </ol>
    </>
  );
}
