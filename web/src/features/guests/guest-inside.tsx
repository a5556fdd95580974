// What runs in a guest and how it is reached, as far as its agent (or, of a container, its node) tells.
import type { ReactNode } from "react";
import { Link } from "react-router";
import { client } from "../../api/client";
import { type Answer, useAnswer } from "../../fleet/ask";
import type { Tone } from "../../fleet/look";
import type { Vm, VmInside, VmInterfaces, VmUnavailable } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useReason } from "../../fleet/reason";
import { useWords } from "../../fleet/words";
import { CopyButton } from "../../parts/copy-line";
import { Answered } from "../../parts/edges";
import { Facts, Panel } from "../../parts/panel";
import { Shape } from "../../parts/state-mark";
import styles from "./guest-inside.module.css";

export const ASK_AGAIN_MS = 60_000;

export interface Told<T> {
  items: T[] | null;
  collected_at: string | null;
  unavailable: VmUnavailable | null;
}

/** Why there is nothing, or nothing newer; quietly, for it is mostly no fault. */
export function WhyNot({ why }: { why: VmUnavailable }) {
  const reason = useReason();
  return <p className={styles.muted}>{reason(why.code, why.params, why.text)}</p>;
}

/** When it was said, for the head of a panel. */
export function useAsOf(at: string | null | undefined): ReactNode {
  const t = useWords();
  const numbers = useNumbers();
  return at ? <span title={numbers.moment(at)}>{t("inside.asOf", { time: numbers.ago(at) })}</span> : null;
}

interface ToldPanelProps<T> {
  title: string;
  answer: Answer<Told<T>>;
  empty: string;
  wide?: boolean;
  children: (items: readonly T[]) => ReactNode;
}

/** A panel with a list that was asked for some time ago: with its age, and with what is known even when that is old. */
export function ToldPanel<T>({ title, answer, empty, wide = false, children }: ToldPanelProps<T>) {
  const hint = useAsOf(answer.data?.collected_at);
  return (
    <Panel title={title} hint={hint} wide={wide}>
      <Answered answer={answer}>
        {({ items, unavailable }) => (
          <>
            {unavailable && <WhyNot why={unavailable} />}
            {items && (items.length > 0 ? children(items) : !unavailable && <p className={styles.muted}>{empty}</p>)}
          </>
        )}
      </Answered>
    </Panel>
  );
}

const AGENT_TONES: Record<Vm["agent_state"], Tone> = {
  running: "ok",
  not_running: "warn",
  not_configured: "off",
  no_permission: "off",
  unknown: "unknown",
};

function AgentState({ vm }: { vm: Vm }) {
  const t = useWords();
  return (
    <span className={styles.agent}>
      <Shape tone={AGENT_TONES[vm.agent_state]} /> {t(`inside.agentState.${vm.agent_state}`)}
    </span>
  );
}

/** What one can do so that the agent answers, and what it costs. */
function AgentHelp({ vm, why }: { vm: Vm; why: VmUnavailable | null }) {
  const t = useWords();
  const reason = useReason();
  if (vm.agent_state === "not_running" || vm.agent_state === "not_configured")
    return <p className={styles.help}>{t(`inside.agentHelp.${vm.agent_state}`)}</p>;
  if (vm.agent_state !== "no_permission") return null;
  const privilege = String(why?.params.privilege ?? "VM.GuestAgent.Audit");
  const price = privilege === "VM.Monitor" ? "inside.price.monitor" : "inside.price.audit";
  return (
    <p className={styles.help}>
      {why?.code === "privilege_missing" && `${reason(why.code, why.params, why.text)} `}
      {t("inside.agentHelp.no_permission", { privilege })} {t(price, { privilege })}{" "}
      <Link to={`/clusters/${vm.cluster_id}`}>{t("inside.doctorHasLines")}</Link>
    </p>
  );
}

function InsideFacts({ vm, inside }: { vm: Vm; inside: VmInside }) {
  const t = useWords();
  const numbers = useNumbers();
  const { os, config } = inside;
  const isVm = vm.type === "qemu";
  const wish = config.value;
  const system = os.name ?? (wish?.os_type ? t("inside.osType", { type: wish.os_type }) : "–");
  return (
    <>
      <Facts
        facts={[
          { name: t("inside.os"), value: system },
          os.host_name ? { name: t("inside.hostName"), value: os.host_name } : null,
          os.kernel ? { name: t("field.kernel"), value: os.kernel } : null,
          isVm ? { name: t("field.agent"), value: <AgentState vm={vm} /> } : null,
          wish ? { name: t("inside.startsWithNode"), value: t(wish.starts_with_node ? "yes" : "no") } : null,
          wish?.is_protected ? { name: t("inside.protected"), value: t("yes") } : null,
          wish?.cpu_limit ? { name: t("inside.cpuLimit"), value: numbers.decimal(wish.cpu_limit) } : null,
          wish?.description ? { name: t("field.description"), value: <span className={styles.notes}>{wish.description}</span> } : null,
        ]}
      />
      {isVm && <AgentHelp vm={vm} why={os.unavailable} />}
      {config.unavailable && <WhyNot why={config.unavailable} />}
    </>
  );
}

export function InsidePanel({ vm }: { vm: Vm }) {
  const t = useWords();
  const answer = useAnswer(
    ["vm-inside", vm.id],
    () => client.GET("/api/vms/{id}/inside", { params: { path: { id: vm.id } } }),
    ASK_AGAIN_MS,
  );
  const hint = useAsOf(answer.data?.os.collected_at ?? answer.data?.config.collected_at);
  return (
    <Panel title={t("inside.title")} hint={hint}>
      <Answered answer={answer}>{(inside) => <InsideFacts vm={vm} inside={inside} />}</Answered>
    </Panel>
  );
}

type Interface = NonNullable<VmInterfaces["items"]>[number];

/** What leads to the guest first; what is only inside of it, pale and last. */
function AddressList({ interfaces, reachable }: { interfaces: readonly Interface[]; reachable: readonly string[] }) {
  const t = useWords();
  const isReachable = (one: Interface) => one.addresses.some((address) => reachable.includes(address));
  const ordered = [...interfaces].sort((a, b) => Number(isReachable(b)) - Number(isReachable(a)));
  return (
    <ul className={styles.interfaces}>
      {ordered.map((one) => (
        <li key={one.name} className={isReachable(one) ? undefined : styles.inner}>
          <span className={styles.interface} title={one.mac ?? undefined}>
            {one.name}
          </span>
          <span className={styles.addresses}>
            {one.addresses.length === 0 && <span className={styles.inner}>{t("inside.noAddress")}</span>}
            {one.addresses.map((address) => (
              <span key={address} className={styles.address}>
                <code>{address}</code>
                {reachable.includes(address) && <CopyButton label={address} text={address} />}
              </span>
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function AddressesPanel({ vm }: { vm: Vm }) {
  const t = useWords();
  const answer = useAnswer(
    ["vm-interfaces", vm.id],
    () => client.GET("/api/vms/{id}/interfaces", { params: { path: { id: vm.id } } }),
    ASK_AGAIN_MS,
  );
  return (
    <ToldPanel title={t("inside.addresses")} answer={answer} empty={t("inside.noInterfaces")}>
      {(items) => <AddressList interfaces={items} reachable={vm.ip_addresses} />}
    </ToldPanel>
  );
}
