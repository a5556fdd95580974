// The words of alerts. They are not among those of the start: who shows one waits for readAlertWords first.
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Tone } from "../../fleet/look";
import type { Alert, AlertHold, Incident, Severity } from "../../fleet/nouns";
import { type Numbers, useNumbers } from "../../fleet/numbers";
import type { Words } from "../../fleet/words";

export function useAlertWords(): Words {
  const { t } = useTranslation("alerts");
  const say = t as unknown as Words;
  return useCallback((key, values) => say(key, values), [say]);
}

export const SEVERITIES = ["critical", "warning", "info"] as const;
export const TONES: Readonly<Record<Severity, Tone>> = { critical: "crit", warning: "warn", info: "off" };

/** The rules that came with Monitorix have names in every language, until somebody renames one. */
export function ruleWord(t: Words, key: string | null, name: string | null): string {
  if (key === null) return name ?? "–";
  const usual = t(`rule.${key}`, { lng: "en", defaultValue: "" });
  return name === null || name === usual ? t(`rule.${key}`, { defaultValue: name ?? key }) : name;
}

/** What is wrong, without whom it is about. */
export function faultWord(t: Words, alert: Pick<Alert, "rule_key" | "rule_name" | "title">): string {
  return alert.rule_key === null && alert.rule_name === null ? alert.title : ruleWord(t, alert.rule_key, alert.rule_name);
}

export function alertTitle(t: Words, alert: Pick<Alert, "rule_key" | "rule_name" | "title" | "object">): string {
  return t("titled", { name: alert.object.name, fault: faultWord(t, alert) });
}

export function incidentTitle(t: Words, incident: Pick<Incident, "title" | "root_alert">): string {
  return incident.root_alert ? alertTitle(t, incident.root_alert) : incident.title;
}

/** A number of a rule, in the unit that people use for it. */
export function measured(numbers: Numbers, metric: Alert["metric_type"], value: number | null): string {
  if (value === null) return "–";
  if (metric === "full_in") return numbers.duration(value);
  if (metric === "response_time") return numbers.latency(value);
  if (metric === "temperature") return `${numbers.decimal(value)} °C`;
  return metric === null ? numbers.decimal(value) : numbers.percent(value);
}

/** What is wrong with Monitorix itself: what that means, and what to do. What such an alert brings along is numbers and names. */
export function ownWords(t: Words, key: string | null): { meaning: string; deed: string } | null {
  const meaning = key === null ? "" : t(`meaning.${key}`, { defaultValue: "" });
  return meaning === "" ? null : { meaning, deed: t(`deed.${key}`) };
}

/** Why: the number beside its limit, else what the check, the job or Proxmox said. */
export function useCause(): (alert: Alert) => string {
  const t = useAlertWords();
  const numbers = useNumbers();
  return useCallback(
    (alert) => {
      const own = ownWords(t, alert.rule_key);
      if (own) return alert.message ? t("ownWhy", { meaning: own.meaning, detail: alert.message }) : own.meaning;
      if (alert.metric_type === null || alert.value === null) return alert.message;
      const value = measured(numbers, alert.metric_type, alert.value);
      return t("valueLimit", { value, limit: measured(numbers, alert.metric_type, alert.threshold) });
    },
    [t, numbers],
  );
}

/** Why nobody is told; `until` only where it is known. */
export function useHold(): (hold: AlertHold) => string {
  const t = useAlertWords();
  const numbers = useNumbers();
  return useCallback(
    (hold) =>
      hold.until === null ? t(`held.${hold.kind}`) : t("heldUntil", { why: t(`held.${hold.kind}`), time: numbers.moment(hold.until) }),
    [t, numbers],
  );
}

export const PATHS: Readonly<Record<Alert["object"]["kind"], string | null>> = {
  monitor: "/settings/system",
  cluster: "/clusters",
  node: "/nodes",
  guest: "/vms",
  storage: "/storages",
  service: "/services",
};

export function objectPath({ kind, id }: Alert["object"]): string {
  return kind === "monitor" ? "/settings/system" : `${PATHS[kind]}/${id}`;
}
