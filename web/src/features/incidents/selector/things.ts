// The objects that can be named, found by a part of their name or by VM id.
import { allServices, useServiceMembership } from "../../../fleet/services/world";
import { allVms, useClusters, useNodes, useStorages, useStream, useVmMembership } from "../../../fleet/world";
import type { ListName } from "./selector";

export interface Thing {
  id: string;
  name: string;
  /** What tells two of one name apart. */
  more: string;
}

const MOST_OFFERED = 12;

function first(things: Iterable<Thing>, wanted: string, skip: (id: string) => boolean): readonly Thing[] {
  const found: Thing[] = [];
  for (const thing of things) {
    if (skip(thing.id) || !(thing.name.toLowerCase().includes(wanted) || thing.more.startsWith(wanted))) continue;
    found.push(thing);
    if (found.length === MOST_OFFERED) break;
  }
  return found;
}

function* mapped<T>(all: Iterable<T>, thingOf: (one: T) => Thing | null): Iterable<Thing> {
  for (const one of all) {
    const thing = thingOf(one);
    if (thing) yield thing;
  }
}

/** As it is offered. */
export const labelOf = ({ name, more }: Thing): string => (more === "" ? name : `${name} (${more})`);

export interface Things {
  find: (list: ListName, wanted: string, taken: readonly string[]) => readonly Thing[];
  /** Those that are meant by just this: a name, a VM id, or a name as it is offered. */
  meant: (list: ListName, text: string, taken: readonly string[]) => readonly Thing[];
  nameOf: (list: ListName, id: string) => string;
}

/** Everything that is live, by kind; ten thousand guests are looked at only when one types. */
export function useThings(): Things {
  useStream("clusters", "nodes", "storages", "vms", "services");
  const clusters = useClusters();
  const nodes = useNodes();
  const storages = useStorages();
  useVmMembership();
  useServiceMembership();
  const clusterName = (id: string) => clusters.find((one) => one.id === id)?.name ?? "";
  const all: Record<ListName, () => Iterable<Thing>> = {
    cluster_ids: () => mapped(clusters, ({ id, name }) => ({ id, name, more: "" })),
    node_ids: () => mapped(nodes, ({ id, name, cluster_id }) => ({ id, name, more: clusterName(cluster_id) })),
    storage_ids: () => mapped(storages, ({ id, name, cluster_id }) => ({ id, name, more: clusterName(cluster_id) })),
    vm_ids: () => mapped(allVms(), (vm) => (vm.status === "deleted" ? null : { id: vm.id, name: vm.name, more: String(vm.vmid) })),
    service_ids: () => mapped(allServices(), ({ id, name }) => ({ id, name, more: "" })),
  };
  return {
    find: (list, wanted, taken) => first(all[list](), wanted.trim().toLowerCase(), (id) => taken.includes(id)),
    meant: (list, text, taken) =>
      [...all[list]()].filter((one) => !taken.includes(one.id) && [one.name, one.more, labelOf(one)].includes(text.trim())),
    nameOf: (list, id) => {
      for (const thing of all[list]()) if (thing.id === id) return thing.name;
      return id;
    },
  };
}
