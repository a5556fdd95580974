// The guests of one node, as a plain live table.
import { Link } from "react-router";
import { guestLook, ratioOf } from "../fleet/look";
import type { Vm } from "../fleet/nouns";
import { useNumbers } from "../fleet/numbers";
import { useWords } from "../fleet/words";
import { StateMark } from "../parts/state-mark";
import { type Column, Table } from "../parts/table";

export function GuestTable({ vms, empty }: { vms: readonly Vm[]; empty: string }) {
  const t = useWords();
  const numbers = useNumbers();
  const columns: Column<Vm>[] = [
    { key: "state", title: t("field.state"), cell: (vm) => <StateMark look={guestLook(vm)} />, by: (vm) => vm.status },
    { key: "name", title: t("field.name"), cell: (vm) => <Link to={`/vms/${vm.id}`}>{vm.name}</Link>, by: (vm) => vm.name },
    { key: "id", title: t("field.id"), cell: (vm) => `${vm.vmid} ${vm.type}`, by: (vm) => vm.vmid },
    { key: "cpu", title: t("field.cpu"), right: true, cell: (vm) => numbers.percent(vm.cpu_ratio), by: (vm) => vm.cpu_ratio },
    {
      key: "memory",
      title: t("field.memory"),
      right: true,
      cell: (vm) => numbers.percent(ratioOf(vm.memory_used_bytes, vm.memory_total)),
      by: (vm) => ratioOf(vm.memory_used_bytes, vm.memory_total),
    },
  ];
  return (
    <Table
      label={t("field.guests")}
      rows={vms}
      columns={columns}
      rowKey={(vm) => vm.id}
      empty={empty}
      first={{ key: "name", down: false }}
    />
  );
}
