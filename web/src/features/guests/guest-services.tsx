// The services of one guest, and on request what else could be watched of it: only this guest is asked, now.
import { useState } from "react";
import { Link } from "react-router";
import { client } from "../../api/client";
import { useOrderOf } from "../../fleet/ask";
import type { Vm } from "../../fleet/nouns";
import { targetText } from "../../fleet/services/look";
import { useServiceWords } from "../../fleet/services/words";
import { useWords } from "../../fleet/words";
import { useMay } from "../../fleet/world";
import { PlainButton } from "../../parts/order-button";
import { ServicesPanel } from "../../views/services/services-panel";
import styles from "./guest-services.module.css";

function useProposals(vm: Vm) {
  const look = useOrderOf(() => client.GET("/api/services/proposals", { params: { query: { vm_id: vm.id } } }));
  const make = useOrderOf((at: readonly number[]) => {
    const chosen = (look.answer?.proposals ?? []).filter((_, i) => at.includes(i));
    const services = chosen.map(({ type, name, target, port, vm_id }) => ({ type, name, target, port, vm_id }));
    return client.POST("/api/services/bulk", { body: { services } });
  });
  return { look, make };
}

function Proposals({ vm }: { vm: Vm }) {
  const t = useServiceWords();
  const { look, make } = useProposals(vm);
  const [chosen, choose] = useState<readonly number[]>([]);
  const offers = (look.answer?.proposals ?? []).map((offer, at) => ({ ...offer, at })).filter((offer) => !offer.exists);
  const toggle = (at: number) => choose((before) => (before.includes(at) ? before.filter((one) => one !== at) : [...before, at]));
  const add = async () => {
    const made = await make.run(chosen);
    if (made) choose([]);
    if (made) await look.run();
  };
  const problem = look.problem ?? make.problem;
  return (
    <div className={styles.proposals}>
      <div className={styles.buttons}>
        <PlainButton isBusy={look.isBusy} onClick={() => void look.run()}>
          {t("propose.look")}
        </PlainButton>
        <Link to={`/services/new?vm_id=${encodeURIComponent(vm.id)}`}>{t("list.add")}</Link>
      </div>
      {problem && <p role="alert">{problem.detail || t("fleet:edge.failed")}</p>}
      {make.answer && make.answer.failed.length > 0 && <p role="alert">{make.answer.failed[0]?.error}</p>}
      {look.answer && offers.length === 0 && !look.isBusy && (
        <p className={styles.muted}>{t(look.answer.addresses.length === 0 ? "propose.noAddress" : "propose.nothing")}</p>
      )}
      {offers.length > 0 && (
        <fieldset className={styles.offers}>
          <legend>{t("propose.found")}</legend>
          {offers.map((offer) => (
            <label key={offer.at}>
              <input type="checkbox" checked={chosen.includes(offer.at)} onChange={() => toggle(offer.at)} />
              <span>
                {offer.name}{" "}
                <span
                  className={styles.muted}
                >{`${t(`type.${offer.type}`)} · ${targetText(offer)} · ${t(`propose.${offer.reason_code}`)}`}</span>
              </span>
            </label>
          ))}
          <div>
            <PlainButton kind="primary" isBusy={make.isBusy} isDisabled={chosen.length === 0} onClick={() => void add()}>
              {t("propose.add", { count: chosen.length })}
            </PlainButton>
          </div>
        </fieldset>
      )}
    </div>
  );
}

export function GuestServices({ vm }: { vm: Vm }) {
  const t = useWords();
  const mayEdit = useMay("editor");
  const [isAsked, ask] = useState(false);
  return (
    <ServicesPanel
      subject={{ kind: "vm", id: vm.id }}
      actions={mayEdit && !isAsked && <PlainButton onClick={() => ask(true)}>{t("service.add")}</PlainButton>}
    >
      {isAsked && <Proposals vm={vm} />}
    </ServicesPanel>
  );
}
