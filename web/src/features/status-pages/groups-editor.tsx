// Groups of a status page: which services, under which public names, in which order. Moved by buttons, so that keys do.
import { useState } from "react";
import type { Service } from "../../fleet/nouns";
import { useServiceWords } from "../../fleet/services/words";
import { useServicesNow } from "../../fleet/services/world";
import { PlainButton } from "../../parts/order-button";
import { changed, type Group, type Item, moved, without } from "./page-draft";
import styles from "./status-pages.module.css";

interface MoverProps {
  name: string;
  isFirst: boolean;
  isLast: boolean;
  onMove: (step: -1 | 1) => void;
  onRemove: () => void;
}

function Mover({ name, isFirst, isLast, onMove, onRemove }: MoverProps) {
  const t = useServiceWords();
  return (
    <span className={styles.mover}>
      <button type="button" disabled={isFirst} aria-label={t("status.up", { name })} onClick={() => onMove(-1)}>
        ↑
      </button>
      <button type="button" disabled={isLast} aria-label={t("status.down", { name })} onClick={() => onMove(1)}>
        ↓
      </button>
      <button type="button" aria-label={t("edit.removeLine", { name })} onClick={onRemove}>
        ×
      </button>
    </span>
  );
}

const MOST_OFFERED = 8;

function Adder({ taken, onAdd }: { taken: ReadonlySet<string>; onAdd: (service: Service) => void }) {
  const t = useServiceWords();
  const services = useServicesNow();
  const [wanted, setWanted] = useState("");
  const found = services
    .filter((one) => !taken.has(one.id) && one.name.toLowerCase().includes(wanted.toLowerCase()))
    .sort((a, b) => a.name.localeCompare(b.name))
    .slice(0, MOST_OFFERED);
  return (
    <div className={styles.adder}>
      <input
        aria-label={t("edit.findMember")}
        placeholder={t("edit.findMember")}
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
      />
      <div className={styles.offers}>
        {found.map((one) => (
          <PlainButton key={one.id} onClick={() => onAdd(one)}>
            + {one.name}
          </PlainButton>
        ))}
      </div>
    </div>
  );
}

interface ItemsProps {
  group: Group;
  onItems: (items: readonly Item[]) => void;
}

function Items({ group, onItems }: ItemsProps) {
  const t = useServiceWords();
  const services = useServicesNow();
  const { items } = group;
  const own = (id: string) => services.find((one) => one.id === id)?.name ?? id;
  return (
    <>
      <ul className={styles.items}>
        {items.map((item, i) => (
          <li key={item.service_id}>
            <span className={styles.own}>{own(item.service_id)}</span>
            <input
              aria-label={t("status.nameOf", { name: own(item.service_id) })}
              maxLength={100}
              value={item.name}
              onChange={(event) => onItems(changed(items, i, { name: event.target.value }))}
            />
            <Mover
              name={item.name}
              isFirst={i === 0}
              isLast={i === items.length - 1}
              onMove={(step) => onItems(moved(items, i, step))}
              onRemove={() => onItems(without(items, i))}
            />
          </li>
        ))}
      </ul>
      <Adder
        taken={new Set(items.map((item) => item.service_id))}
        onAdd={(service) => onItems([...items, { service_id: service.id, name: service.name }])}
      />
    </>
  );
}

interface GroupsProps {
  groups: readonly Group[];
  onGroups: (groups: readonly Group[]) => void;
}

export function GroupsEditor({ groups, onGroups }: GroupsProps) {
  const t = useServiceWords();
  const next = () => Math.max(-1, ...groups.map((group) => group.key)) + 1;
  return (
    <div className={styles.groups}>
      {groups.map((group, i) => (
        <section key={group.key} className={styles.group} aria-label={group.name || t("status.group", { number: i + 1 })}>
          <div className={styles.groupHead}>
            <input
              aria-label={t("status.groupName")}
              placeholder={t("status.groupName")}
              maxLength={100}
              value={group.name}
              onChange={(event) => onGroups(changed(groups, i, { name: event.target.value }))}
            />
            <Mover
              name={group.name}
              isFirst={i === 0}
              isLast={i === groups.length - 1}
              onMove={(step) => onGroups(moved(groups, i, step))}
              onRemove={() => onGroups(without(groups, i))}
            />
          </div>
          <Items group={group} onItems={(items) => onGroups(changed(groups, i, { items }))} />
        </section>
      ))}
      <div>
        <PlainButton onClick={() => onGroups([...groups, { key: next(), name: "", items: [] }])}>{t("status.addGroup")}</PlainButton>
      </div>
    </div>
  );
}
