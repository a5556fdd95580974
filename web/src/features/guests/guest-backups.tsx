// The backups of one guest: how it fares, what a person says of them, and the last runs.
import { type FormEvent, useState } from "react";
import { client } from "../../api/client";
import { useOrderOf } from "../../fleet/ask";
import { coverageLook, useBackupRuns, useGuestCoverage } from "../../fleet/backups";
import type { BackupCoverage, BackupPolicy, Vm } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useWords } from "../../fleet/words";
import { useMay } from "../../fleet/world";
import { Answered } from "../../parts/edges";
import { PlainButton } from "../../parts/order-button";
import { Facts, Panel } from "../../parts/panel";
import { StateMark } from "../../parts/state-mark";
import { BackupRuns } from "../../views/backup-runs";
import { useWanted, useWhy } from "../../views/backup-words";
import styles from "./guest-backups.module.css";

const POLICIES: readonly BackupPolicy[] = ["required", "not_needed", "archived"];

function Wishes({ vm, onDone }: { vm: Vm; onDone: () => void }) {
  const t = useWords();
  const [policy, setPolicy] = useState(vm.backup_policy);
  const [hours, setHours] = useState(vm.recovery_point_hours === null ? "" : String(vm.recovery_point_hours));
  const [note, setNote] = useState(vm.backup_note ?? "");
  const order = useOrderOf((body: { backup_policy: BackupPolicy; recovery_point_hours: number | null; backup_note: string | null }) =>
    client.PUT("/api/vms/{id}", { params: { path: { id: vm.id } }, body }),
  );
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const kept = await order.run({
      backup_policy: policy,
      recovery_point_hours: hours === "" ? null : Number(hours),
      backup_note: note.trim() || null,
    });
    if (kept) onDone();
  };
  return (
    <form className={styles.form} onSubmit={(event) => void save(event)}>
      <label>
        {t("backups.field.policy")}
        <select value={policy} onChange={(event) => setPolicy(event.target.value as BackupPolicy)}>
          {POLICIES.map((one) => (
            <option key={one} value={one}>
              {t(`backups.policy.${one}`)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t("backups.field.hours")}
        <input
          type="number"
          min={1}
          max={87600}
          placeholder={t("backups.asJobs")}
          value={hours}
          onChange={(event) => setHours(event.target.value)}
        />
      </label>
      <label className={styles.note}>
        {t("field.note")}
        <input type="text" maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
      </label>
      <div className={styles.buttons}>
        <PlainButton type="submit" isBusy={order.isBusy}>
          {t("save")}
        </PlainButton>
        <PlainButton onClick={onDone}>{t("cancel")}</PlainButton>
      </div>
      {order.problem && <p role="alert">{order.problem.detail || t("edge.failed")}</p>}
    </form>
  );
}

function Standing({ row }: { row: BackupCoverage }) {
  const t = useWords();
  const numbers = useNumbers();
  const wanted = useWanted();
  const why = useWhy();
  const asked =
    row.recovery_point_source === "person"
      ? `${wanted(row.recovery_point_hours)} (${t("backups.byPerson")})`
      : wanted(row.recovery_point_hours);
  const disks = row.excluded_disks.map((one) => `${one.disk} (${one.reason})`).join(", ");
  return (
    <Facts
      facts={[
        { name: t("field.state"), value: <StateMark look={coverageLook(row.state)} /> },
        { name: t("backups.field.why"), value: row.is_running ? `${t("backups.now")} · ${why(row)}` : why(row) },
        { name: t("backups.field.wanted"), value: asked },
        {
          name: t("backups.field.reached"),
          value: <span title={numbers.moment(row.last_success_at)}>{numbers.age(row.last_success_at)}</span>,
        },
        { name: t("backups.field.took"), value: numbers.duration(row.last_duration_seconds) },
        { name: t("backups.field.size"), value: numbers.bytes(row.last_size_bytes) },
        row.job_ids.length > 0 ? { name: t("backups.field.job"), value: row.job_ids.join(", ") } : null,
        disks ? { name: t("backups.field.disks"), value: disks } : null,
        row.backup_server === "ambiguous" ? { name: t("servers.one"), value: t("servers.ambiguous") } : null,
        row.backup_note ? { name: t("field.note"), value: row.backup_note } : null,
      ]}
    />
  );
}

export function GuestBackups({ vm }: { vm: Vm }) {
  const t = useWords();
  const mayEdit = useMay("editor");
  const [isEditing, setEditing] = useState(false);
  const coverage = useGuestCoverage(vm.id);
  const runs = useBackupRuns(vm.id);
  const done = () => {
    setEditing(false);
    coverage.retry();
  };
  const edit = mayEdit && !isEditing && vm.status !== "deleted" && (
    <PlainButton onClick={() => setEditing(true)}>{t("backups.edit")}</PlainButton>
  );
  return (
    <Panel title={t("backups.title")} wide actions={edit}>
      {isEditing && <Wishes vm={vm} onDone={done} />}
      <Answered answer={coverage}>{(answer) => answer.items[0] && <Standing row={answer.items[0]} />}</Answered>
      <Answered answer={runs}>{(answer) => <BackupRuns runs={answer.items} />}</Answered>
    </Panel>
  );
}
