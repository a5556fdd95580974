// Whom a service speaks about: a guest, a node, a cluster, a storage, or nobody. Found by name or VM id.
import { useId, useState } from "react";
import { useServiceWords } from "../../../fleet/services/words";
import { type Subject, useSubjectName } from "../../../fleet/services/world";
import { allVms, useClusters, useNodes, useStorages, useStream } from "../../../fleet/world";
import styles from "./editor.module.css";

const KINDS: readonly Subject["kind"][] = ["vm", "node", "cluster", "storage"];
const MOST_OFFERED = 20;

interface Thing {
  id: string;
  name: string;
  more: string;
}

function useThings(kind: Subject["kind"] | null, wanted: string): readonly Thing[] {
  const nodes = useNodes();
  const clusters = useClusters();
  const storages = useStorages();
  if (kind === null) return [];
  const plain = (all: readonly { id: string; name: string }[]) => all.map(({ id, name }) => ({ id, name, more: "" }));
  const all: Iterable<Thing> =
    kind === "node"
      ? plain(nodes)
      : kind === "cluster"
        ? plain(clusters)
        : kind === "storage"
          ? plain(storages)
          : [...allVms()].filter((vm) => vm.status !== "deleted").map((vm) => ({ id: vm.id, name: vm.name, more: String(vm.vmid) }));
  const found: Thing[] = [];
  for (const thing of all) {
    if (!thing.name.toLowerCase().includes(wanted) && !thing.more.startsWith(wanted)) continue;
    found.push(thing);
    if (found.length >= MOST_OFFERED) break;
  }
  return found;
}

interface FieldProps {
  label: string;
  value: Subject | null;
  onValue: (value: Subject | null) => void;
}

export function SubjectField({ label, value, onValue }: FieldProps) {
  const t = useServiceWords();
  useStream("vms", "nodes", "clusters", "storages");
  const list = useId();
  const name = useSubjectName(value);
  const [kind, setKind] = useState<Subject["kind"] | null>(value?.kind ?? null);
  const [wanted, setWanted] = useState<string | null>(null);
  const things = useThings(kind, (wanted ?? "").toLowerCase());
  const chooseKind = (next: string) => {
    setKind(KINDS.find((one) => one === next) ?? null);
    setWanted("");
    onValue(null);
  };
  const type = (text: string) => {
    setWanted(text);
    const found = things.find((thing) => thing.name === text || thing.more === text);
    onValue(found && kind ? { kind, id: found.id } : null);
  };
  return (
    <fieldset className={styles.list}>
      <legend>{label}</legend>
      <div className={styles.line}>
        <select aria-label={t("edit.subjectKind")} value={kind ?? ""} onChange={(event) => chooseKind(event.target.value)}>
          <option value="">{t("kind.none")}</option>
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {t(`kind.${one}`)}
            </option>
          ))}
        </select>
        {kind !== null && (
          <input
            list={list}
            aria-label={t("edit.subjectName")}
            placeholder={t("edit.subjectName")}
            aria-invalid={value === null}
            value={wanted ?? name}
            onChange={(event) => type(event.target.value)}
          />
        )}
        <datalist id={list}>
          {things.map((thing) => (
            <option key={thing.id} value={thing.name}>
              {thing.more}
            </option>
          ))}
        </datalist>
      </div>
    </fieldset>
  );
}
