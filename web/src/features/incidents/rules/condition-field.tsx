// Which event or certificate a rule is about: a code, offered with what it means.
import { useId } from "react";
import type { AlertRuleKind } from "../../../fleet/nouns";
import { Field } from "../../../parts/field";
import { useAlertWords } from "../../../views/alerts/words";
import { useQuietWords } from "../shared/quiet-words";

/** Codes, and the rules that came with Monitorix whose words say what they mean. */
const EVENTS: Readonly<Record<string, string>> = {
  backup_failed: "backup_failed",
  backup_late: "backup_late",
  "certificate_expir*": "certificate_expiring",
  certificate_changed: "certificate_changed",
  "clock_*": "clock_off",
  cluster_refused: "cluster_refused",
  disk_failing: "disk_failing",
  disk_worn: "disk_worn",
  ha_error: "ha_error",
  ha_fence: "ha_fence",
  ha_manager_dead: "ha_manager_dead",
  own_database: "own_database",
  own_dead_letters: "own_dead_letters",
  own_disk: "own_disk",
  own_lag: "own_lag",
  own_outbox: "own_outbox",
  own_privilege: "own_privilege",
  quorum_lost: "quorum_lost",
  quorum_margin: "quorum_margin",
  replication_failing: "replication_failing",
  service_down: "pve_service_down",
  storage_inactive: "storage_inactive",
  thin_metadata_full: "thin_metadata",
  token_rights: "token_rights",
  zfs_degraded: "zfs_degraded",
  zfs_errors: "zfs_errors",
};
const CERTIFICATES: Readonly<Record<string, string>> = { certificate_days: "service_certificate" };

interface FieldProps {
  kind: AlertRuleKind;
  value: string;
  onText: (text: string) => void;
  wrong: string | null;
}

export function ConditionField({ kind, value, onText, wrong }: FieldProps) {
  const t = useQuietWords();
  const alertWords = useAlertWords();
  const options = useId();
  const known = kind === "certificate" ? CERTIFICATES : EVENTS;
  const meant = known[value.trim()];
  return (
    <>
      <Field
        label={t("rules.condition")}
        list={options}
        value={value}
        onText={onText}
        maxLength={100}
        spellCheck={false}
        autoCapitalize="none"
        hint={meant === undefined ? t("rules.conditionHint") : alertWords(`rule.${meant}`)}
        wrong={wrong}
      />
      <datalist id={options}>
        {Object.entries(known).map(([code, key]) => (
          <option key={code} value={code}>
            {alertWords(`rule.${key}`)}
          </option>
        ))}
      </datalist>
    </>
  );
}
