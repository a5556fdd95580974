// Disks and pools of a node.
import { client } from "../../api/client";
import type { components } from "../../api/schema.gen";
import { useAnswer } from "../../fleet/ask";
import { fillTone, ratioOf, type Tone } from "../../fleet/look";
import { useNumbers } from "../../fleet/numbers";
import { useWords } from "../../fleet/words";
import { Answered } from "../../parts/edges";
import { Panel } from "../../parts/panel";
import { Shape } from "../../parts/state-mark";
import { type Column, Table } from "../../parts/table";
import { FactPanel, WhyNot } from "../../views/fact-panel";
import styles from "./node-pools.module.css";

type Disk = components["schemas"]["NodeDisk"];
type Zfs = components["schemas"]["NodeZfs"];
type Thin = components["schemas"]["NodeThinPools"];

const MINUTE = 60_000;
const WORN = 0.8;
const WORN_OUT = 0.95;

const healthTone = (health: string | null): Tone =>
  health === null ? "unknown" : /^fail/i.test(health) ? "crit" : /^(passed|ok)$/i.test(health) ? "ok" : "unknown";

export function DiskPanel({ id }: { id: string }) {
  const t = useWords();
  const numbers = useNumbers();
  const disks = useAnswer(["node-disks", id], () => client.GET("/api/nodes/{id}/disks", { params: { path: { id } } }), MINUTE);
  const columns: Column<Disk>[] = [
    {
      key: "disk",
      title: t("field.disk"),
      cell: (disk) => (
        <>
          {disk.path}
          {disk.model && <span className={styles.under}>{disk.model}</span>}
        </>
      ),
      by: (disk) => disk.path,
    },
    {
      key: "health",
      title: t("field.health"),
      cell: (disk) => (
        <>
          <Shape tone={healthTone(disk.health)} /> {disk.health ?? "–"}
        </>
      ),
      by: (disk) => disk.health,
    },
    { key: "type", title: t("field.type"), wideOnly: true, cell: (disk) => [disk.kind, disk.used_as].filter(Boolean).join(" · ") || "–" },
    { key: "size", title: t("field.size"), right: true, cell: (disk) => numbers.bytes(disk.size_bytes), by: (disk) => disk.size_bytes },
    {
      key: "worn",
      title: t("field.worn"),
      right: true,
      cell: (disk) => (
        <>
          {disk.worn_ratio !== null && disk.worn_ratio > WORN && <Shape tone={fillTone(disk.worn_ratio, WORN, WORN_OUT)} />}{" "}
          {numbers.wholePercent(disk.worn_ratio)}
        </>
      ),
      by: (disk) => disk.worn_ratio,
    },
  ];
  return (
    <FactPanel title={t("node.disks")} answer={disks}>
      {(fact) => (
        <Table label={t("node.disks")} rows={fact.items} columns={columns} rowKey={(disk) => disk.path} empty={t("node.disksEmpty")} />
      )}
    </FactPanel>
  );
}

interface Pool {
  key: string;
  name: string;
  kind: string;
  health: string | null;
  tone: Tone;
  used: number | null;
  total: number | null;
  metadata: number | null;
  /** What ZFS says of the last scrub, of damage and of what to do. */
  said: string[];
}

const isClean = (errors: string | null): boolean => errors === null || errors === "No known data errors";

const poolsOf = (zfs: Zfs, thin: Thin): Pool[] => [
  ...zfs.items.map((pool) => ({
    key: `zfs ${pool.name}`,
    name: pool.name,
    kind: "ZFS",
    health: pool.health,
    tone:
      pool.health === null ? ("unknown" as const) : pool.health === "ONLINE" && isClean(pool.errors) ? ("ok" as const) : ("crit" as const),
    used: pool.used_bytes,
    total: pool.size_bytes,
    metadata: null,
    said: [isClean(pool.errors) ? null : pool.errors, pool.action, pool.scan].filter((text) => text !== null),
  })),
  ...thin.items.map((pool) => {
    const data = ratioOf(pool.used_bytes, pool.size_bytes);
    const metadata = ratioOf(pool.metadata_used_bytes, pool.metadata_size_bytes);
    return {
      key: `thin ${pool.group}/${pool.name}`,
      name: `${pool.group}/${pool.name}`,
      kind: "LVM thin",
      health: null,
      tone: fillTone(data === null || metadata === null ? data : Math.max(data, metadata)),
      used: pool.used_bytes,
      total: pool.size_bytes,
      metadata,
      said: [],
    };
  }),
];

function PoolTable({ pools }: { pools: readonly Pool[] }) {
  const t = useWords();
  const numbers = useNumbers();
  const share = (pool: Pool) => ratioOf(pool.used, pool.total);
  const columns: Column<Pool>[] = [
    {
      key: "name",
      title: t("field.pool"),
      cell: (pool) => (
        <>
          <Shape tone={pool.tone} /> {pool.name} {pool.health}
          <span className={styles.under}>{pool.kind}</span>
          {pool.said.map((text) => (
            <span key={text} className={styles.under}>
              {text}
            </span>
          ))}
        </>
      ),
      by: (pool) => pool.name,
    },
    { key: "share", title: t("field.share"), right: true, cell: (pool) => numbers.wholePercent(share(pool)), by: share },
    {
      key: "metadata",
      title: t("field.metadata"),
      right: true,
      cell: (pool) => numbers.wholePercent(pool.metadata),
      by: (pool) => pool.metadata,
    },
    { key: "total", title: t("field.total"), right: true, cell: (pool) => numbers.bytes(pool.total), by: (pool) => pool.total },
  ];
  return <Table label={t("node.pools")} rows={pools} columns={columns} rowKey={(pool) => pool.key} empty={t("node.poolsEmpty")} />;
}

export function PoolPanel({ id }: { id: string }) {
  const t = useWords();
  const numbers = useNumbers();
  const params = { params: { path: { id } } };
  const zfs = useAnswer(["node-zfs", id], () => client.GET("/api/nodes/{id}/zfs", params), MINUTE);
  const thin = useAnswer(["node-thin", id], () => client.GET("/api/nodes/{id}/thin-pools", params), MINUTE);
  const times = [zfs.data?.collected_at, thin.data?.collected_at].filter((time) => typeof time === "string").sort();
  const isSame =
    zfs.data?.unavailable_code === thin.data?.unavailable_code && (zfs.data?.collected_at === null) === (thin.data?.collected_at === null);
  return (
    <Panel title={t("node.pools")} hint={times[0] && t("node.asOf", { ago: numbers.ago(times[0]) })}>
      <Answered answer={zfs}>
        {(pools) => (
          <Answered answer={thin}>
            {(thins) => (
              <>
                <WhyNot fact={pools} />
                {!isSame && <WhyNot fact={thins} />}
                {times.length > 0 && <PoolTable pools={poolsOf(pools, thins)} />}
              </>
            )}
          </Answered>
        )}
      </Answered>
    </Panel>
  );
}
