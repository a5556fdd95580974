// Why a check found what it found, and what to do when the fault is on our side. A code that this page does not know (a
// newer server) is said as the server worded it.
import { useCallback } from "react";
import type { Words } from "../words";
import { useServiceWords } from "./words";

export interface Reason {
  text: string;
  /** What to do: only where it is ours to mend. */
  advice: string | null;
  /** What the check saw, in technical English. */
  detail: string | null;
}

/** Faults of this machine, of its network, of its settings: nothing is said about the service. */
const OURS = new Set([
  "local_fault",
  "local_resolver",
  "uplink_down",
  "overloaded",
  "permission",
  "policy_denied",
  "token_failed",
  "exec_unknown",
]);

const PHASES = new Set(["dns", "connect", "tls", "send", "ttfb", "transfer"]);

export const isOurs = (code: string | null): boolean => code !== null && OURS.has(code);

export function reasonOf(t: Words, code: string, parameter: string | null, detail: string | null): Reason {
  const phase =
    parameter !== null && PHASES.has(parameter) ? t(`phase.${parameter === "ttfb" ? "first_byte" : parameter}`) : (parameter ?? "");
  const known = code === "timeout_phase" && phase === "" ? "timeout" : code;
  const text = t(`reason.${known}`, { parameter: phase, defaultValue: detail ? `${code}: ${detail}` : code });
  return { text, advice: OURS.has(code) ? t(`advice.${code}`, { defaultValue: t("advice.local_fault") }) : null, detail };
}

export function useServiceReason(): (code: string | null, parameter: string | null, detail: string | null) => Reason | null {
  const t = useServiceWords();
  return useCallback((code, parameter, detail) => (code === null ? null : reasonOf(t, code, parameter, detail)), [t]);
}
