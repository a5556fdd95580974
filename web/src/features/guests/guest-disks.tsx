// What a guest keeps: its file systems from inside, the disks of its configuration, and its snapshots.
import { client } from "../../api/client";
import { useAnswer } from "../../fleet/ask";
import { fillTone, ratioOf } from "../../fleet/look";
import type { Vm, VmDisks, VmFilesystems, VmSnapshots } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useWords } from "../../fleet/words";
import { Meter } from "../../parts/meter";
import { type Column, Table } from "../../parts/table";
import { ASK_AGAIN_MS, ToldPanel } from "./guest-inside";
import styles from "./guest-inside.module.css";

type FileSystem = NonNullable<VmFilesystems["items"]>[number];
type Disk = NonNullable<VmDisks["items"]>[number];
type Snapshot = NonNullable<VmSnapshots["items"]>[number];

const OLD_MS = 30 * 86_400_000;

const shareOf = (one: FileSystem): number | null => ratioOf(one.used_bytes, one.total_bytes);

export function FileSystemsPanel({ vm }: { vm: Vm }) {
  const t = useWords();
  const numbers = useNumbers();
  const answer = useAnswer(
    ["vm-filesystems", vm.id],
    () => client.GET("/api/vms/{id}/filesystems", { params: { path: { id: vm.id } } }),
    ASK_AGAIN_MS,
  );
  const columns: Column<FileSystem>[] = [
    {
      key: "place",
      title: t("inside.mountPoint"),
      cell: (one) => (
        <span className={styles.path} title={one.device ?? undefined}>
          {one.mount_point}
          {one.also_at.length > 0 && <span className={styles.also}>{one.also_at.join(", ")}</span>}
        </span>
      ),
      by: (one) => one.mount_point,
    },
    { key: "type", title: t("field.type"), wideOnly: true, cell: (one) => one.type || "–", by: (one) => one.type },
    {
      key: "share",
      title: t("field.share"),
      right: true,
      cell: (one) => (
        <span className={styles.share}>
          <Meter ratio={shareOf(one)} tone={fillTone(shareOf(one))} />
          {numbers.percent(shareOf(one))}
        </span>
      ),
      by: shareOf,
    },
    {
      key: "used",
      title: t("field.used"),
      right: true,
      wideOnly: true,
      cell: (one) => numbers.bytes(one.used_bytes),
      by: (one) => one.used_bytes,
    },
    { key: "total", title: t("field.total"), right: true, cell: (one) => numbers.bytes(one.total_bytes), by: (one) => one.total_bytes },
  ];
  return (
    <ToldPanel title={t("inside.fileSystems")} answer={answer} empty={t("inside.noFileSystems")}>
      {(items) => (
        <Table
          label={t("inside.fileSystems")}
          rows={items}
          columns={columns}
          rowKey={(one) => one.mount_point}
          empty=""
          first={{ key: "share", down: true }}
        />
      )}
    </ToldPanel>
  );
}

export function DisksPanel({ vm }: { vm: Vm }) {
  const t = useWords();
  const numbers = useNumbers();
  const answer = useAnswer(["vm-disks", vm.id], () => client.GET("/api/vms/{id}/disks", { params: { path: { id: vm.id } } }), ASK_AGAIN_MS);
  const isCarried = (one: Disk): boolean => one.kind !== "cdrom" && one.kind !== "unused";
  const columns: Column<Disk>[] = [
    {
      key: "slot",
      title: t("inside.slot"),
      cell: (one) => (
        <span title={one.volume ?? undefined}>
          {one.slot}
          {one.mount_point && <span className={styles.also}>{one.mount_point}</span>}
        </span>
      ),
      by: (one) => one.slot,
    },
    { key: "kind", title: t("field.type"), wideOnly: true, cell: (one) => t(`inside.kind.${one.kind}`), by: (one) => one.kind },
    { key: "storage", title: t("inside.storage"), cell: (one) => one.storage ?? t("inside.ofHost"), by: (one) => one.storage },
    { key: "size", title: t("inside.size"), right: true, cell: (one) => numbers.bytes(one.size_bytes), by: (one) => one.size_bytes },
    {
      key: "backup",
      title: t("inside.inBackup"),
      cell: (one) => (isCarried(one) ? t(one.in_backup ? "yes" : "no") : "–"),
      by: (one) => (isCarried(one) ? Number(one.in_backup) : null),
    },
  ];
  return (
    <ToldPanel title={t("inside.disks")} answer={answer} empty={t("inside.noDisks")}>
      {(items) => (
        <Table
          label={t("inside.disks")}
          rows={items}
          columns={columns}
          rowKey={(one) => one.slot}
          empty=""
          first={{ key: "slot", down: false }}
        />
      )}
    </ToldPanel>
  );
}

export function SnapshotsPanel({ vm }: { vm: Vm }) {
  const t = useWords();
  const numbers = useNumbers();
  const answer = useAnswer(
    ["vm-snapshots", vm.id],
    () => client.GET("/api/vms/{id}/snapshots", { params: { path: { id: vm.id } } }),
    ASK_AGAIN_MS,
  );
  const isOld = (one: Snapshot): boolean => one.created_at !== null && Date.now() - Date.parse(one.created_at) > OLD_MS;
  const columns: Column<Snapshot>[] = [
    {
      key: "name",
      title: t("field.name"),
      cell: (one) => (
        <span className={styles.path}>
          {one.name}
          {one.description && <span className={styles.also}>{one.description}</span>}
        </span>
      ),
      by: (one) => one.name,
    },
    {
      key: "age",
      title: t("inside.age"),
      cell: (one) => (
        <span title={numbers.moment(one.created_at)}>
          {numbers.age(one.created_at)}{" "}
          {isOld(one) && (
            <span className={styles.old} title={t("inside.oldDetail")}>
              {t("inside.old")}
            </span>
          )}
        </span>
      ),
      by: (one) => (one.created_at ? -Date.parse(one.created_at) : null),
    },
    {
      key: "memory",
      title: t("inside.withMemory"),
      cell: (one) => (one.with_memory === null ? "–" : t(one.with_memory ? "yes" : "no")),
      by: (one) => Number(one.with_memory ?? false),
    },
  ];
  return (
    <ToldPanel title={t("inside.snapshots")} answer={answer} empty={t("inside.noSnapshots")}>
      {(items) => (
        <Table
          label={t("inside.snapshots")}
          rows={items}
          columns={columns}
          rowKey={(one) => one.name}
          empty=""
          first={{ key: "age", down: true }}
        />
      )}
    </ToldPanel>
  );
}
