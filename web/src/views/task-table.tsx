// Tasks of Proxmox, newest first.
import type { Task } from "../fleet/nouns";
import { useNumbers } from "../fleet/numbers";
import { useWords } from "../fleet/words";
import { Shape } from "../parts/state-mark";
import { type Column, Table } from "../parts/table";

const toneOf = (task: Task) =>
  task.status === null ? "unknown" : task.status === "OK" ? "ok" : task.status.startsWith("WARNINGS") ? "warn" : "crit";

export function TaskTable({ tasks }: { tasks: readonly Task[] }) {
  const t = useWords();
  const numbers = useNumbers();
  const columns: Column<Task>[] = [
    { key: "task", title: t("field.task"), cell: (task) => task.type, by: (task) => task.type },
    { key: "object", title: t("field.object"), cell: (task) => task.object ?? "–", by: (task) => task.object },
    { key: "node", title: t("field.node"), cell: (task) => task.node_name, by: (task) => task.node_name },
    { key: "user", title: t("field.user"), cell: (task) => task.user, by: (task) => task.user },
    {
      key: "started",
      title: t("field.started"),
      cell: (task) => <span title={numbers.moment(task.started_at)}>{numbers.ago(task.started_at)}</span>,
      by: (task) => task.started_at,
    },
    {
      key: "result",
      title: t("field.result"),
      cell: (task) => (
        <>
          <Shape tone={toneOf(task)} /> {task.status ?? t("clusters.taskRunning")}
        </>
      ),
    },
  ];
  return (
    <Table
      label={t("clusters.tasks")}
      rows={tasks}
      columns={columns}
      rowKey={(task) => task.upid}
      empty={t("clusters.tasksEmpty")}
      first={{ key: "started", down: true }}
    />
  );
}
