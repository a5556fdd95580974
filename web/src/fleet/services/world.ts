// What pages see of the services of the live world.
import { useMemo } from "react";
import { useWorld } from "../../live/world";
import type { Service } from "../nouns";

export const useService = (id: string): Service | undefined => useWorld((world) => world.services.get(id));
/** All services as of now, without listening. */
export const allServices = (): Iterable<Service> => useWorld.getState().services.values();
/** Grows when services come or go, not when they change. */
export const useServiceMembership = (): number => useWorld((world) => world.serviceMembership);
export const useServiceCount = (): number => useWorld((world) => world.services.size);

/** Whom a service may speak about. */
export interface Subject {
  kind: "vm" | "node" | "cluster" | "storage";
  id: string;
}

export function subjectOf(service: Pick<Service, "vm_id" | "node_id" | "cluster_id" | "storage_id">): Subject | null {
  if (service.vm_id !== null) return { kind: "vm", id: service.vm_id };
  if (service.node_id !== null) return { kind: "node", id: service.node_id };
  if (service.cluster_id !== null) return { kind: "cluster", id: service.cluster_id };
  return service.storage_id === null ? null : { kind: "storage", id: service.storage_id };
}

export const SUBJECT_PATHS: Readonly<Record<Subject["kind"], string>> = {
  vm: "/vms",
  node: "/nodes",
  cluster: "/clusters",
  storage: "/storages",
};

/** The name of whom a service speaks about; empty when it stands alone or the object is not known here. */
export function useSubjectName(subject: Subject | null): string {
  return useWorld((world) => {
    if (subject === null) return "";
    const places = { vm: world.vms, node: world.nodes, cluster: world.clusters, storage: world.storages } as const;
    return places[subject.kind].get(subject.id)?.name ?? "";
  });
}

export interface ServicePlace {
  node: string | null;
  cluster: string | null;
}

/** Where the object of a service lives now; a guest that moves takes its services along. */
export function placeOf(service: Service): ServicePlace {
  const { vms, nodes, storages } = useWorld.getState();
  if (service.vm_id !== null) {
    const vm = vms.get(service.vm_id);
    return { node: vm?.node_id ?? null, cluster: vm?.cluster_id ?? null };
  }
  if (service.node_id !== null) return { node: service.node_id, cluster: nodes.get(service.node_id)?.cluster_id ?? null };
  if (service.storage_id !== null) return { node: null, cluster: storages.get(service.storage_id)?.cluster_id ?? null };
  return { node: null, cluster: service.cluster_id };
}

/** The services of an object and, of a node or a cluster, of what lives on it. */
export function useServicesOf(subject: Subject): readonly Service[] {
  const services = useWorld((world) => world.services);
  const { kind, id } = subject;
  return useMemo(() => {
    const isOf = (service: Service): boolean => {
      if (kind === "vm") return service.vm_id === id;
      if (kind === "storage") return service.storage_id === id;
      return placeOf(service)[kind] === id;
    };
    return [...services.values()].filter(isOf);
  }, [services, kind, id]);
}

export function useServicesNow(): readonly Service[] {
  const services = useWorld((world) => world.services);
  return useMemo(() => [...services.values()], [services]);
}
