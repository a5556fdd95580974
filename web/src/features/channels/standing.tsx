// How a channel stands: whether it works, what waits, and what its last failure was.
import { Link } from "react-router";
import type { Tone } from "../../fleet/look";
import type { Channel } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { Facts } from "../../parts/panel";
import { Shape } from "../../parts/state-mark";
import styles from "./channels.module.css";
import { useChannelWords } from "./words";

export type State = "off" | "failing" | "dead" | "works" | "unused";

export function stateOf(channel: Channel): State {
  if (!channel.is_active) return "off";
  if (channel.last_error !== null) return "failing";
  if (channel.dead_letters > 0) return "dead";
  return channel.last_delivery_at === null ? "unused" : "works";
}

const TONES: Record<State, Tone> = { off: "off", failing: "crit", dead: "warn", works: "ok", unused: "unknown" };

export function StateWord({ channel }: { channel: Channel }) {
  const t = useChannelWords();
  const state = stateOf(channel);
  return (
    <span className={styles.mark}>
      <Shape tone={TONES[state]} /> {t(`state.${state}`)}
    </span>
  );
}

export function Standing({ channel }: { channel: Channel }) {
  const t = useChannelWords();
  const numbers = useNumbers();
  return (
    <Facts
      facts={[
        { name: t("stateTitle"), value: <StateWord channel={channel} /> },
        { name: t("lastDelivery"), value: numbers.ago(channel.last_delivery_at) },
        { name: t("waiting"), value: <Link to={`/settings/deliveries?channel=${channel.id}`}>{numbers.count(channel.queue_depth)}</Link> },
        {
          name: t("dead"),
          value: <Link to={`/settings/deliveries?channel=${channel.id}&state=dead`}>{numbers.count(channel.dead_letters)}</Link>,
        },
        channel.last_error ? { name: t("lastError"), value: `${channel.last_error} · ${numbers.ago(channel.last_error_at)}` } : null,
      ]}
    />
  );
}
