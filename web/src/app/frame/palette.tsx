// Search or jump: objects of the live world, pages, actions. Loaded when first opened.
import { Command } from "cmdk";
import { Dialog } from "radix-ui";
import { useDeferredValue, useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { useMay, useSession } from "../../api/session";
import { useFrameWords } from "../../i18n/frame";
import { useStreams } from "../../live/use-live";
import { useWorld } from "../../live/world";
import { PAGES, SETTINGS_PAGES } from "../pages";
import { chooseTheme } from "../taste";
import { THEMES } from "../theme";
import styles from "./palette.module.css";
import { type Found, fits, type Group, search } from "./palette-search";

const STREAMS = ["clusters", "nodes", "vms", "storages", "services"] as const;
const GROUPS: readonly Group[] = ["clusters", "nodes", "guests", "storages", "services"];

interface PaletteProps {
  onClose: () => void;
  onKeys: () => void;
}

interface Deed {
  id: string;
  label: string;
  run: () => void;
}

function useDeeds(onKeys: () => void): { pages: Deed[]; actions: Deed[] } {
  const t = useFrameWords();
  const navigate = useNavigate();
  const isAdmin = useMay("admin");
  const signOut = useSession((session) => session.signOut);
  const to = (path: string, label: string): Deed => ({ id: path, label, run: () => void navigate(path) });
  const settings = SETTINGS_PAGES.filter((page) => page.least === "viewer" || isAdmin);
  return {
    pages: [...PAGES, ...settings].map((page) => to(page.path, t(page.word))),
    actions: [
      ...(isAdmin ? [to("/clusters/connect", t("search.connect"))] : []),
      ...THEMES.map((theme) => ({ id: theme, label: `${t("user.theme")}: ${t(`user.${theme}`)}`, run: () => chooseTheme(theme) })),
      { id: "keys", label: t("keys.title"), run: onKeys },
      { id: "out", label: t("user.signOut"), run: () => void signOut() },
    ],
  };
}

export default function Palette({ onClose, onKeys }: PaletteProps) {
  const t = useFrameWords();
  const navigate = useNavigate();
  useStreams(STREAMS);
  const [line, put] = useState("");
  const wanted = useDeferredValue(line.trim());
  // Looked at anew when things come or go, not at each of ten thousand changes.
  const membership = useWorld(
    (world) => world.vmMembership + world.clusters.size + world.nodes.size + world.storages.size + world.serviceMembership,
  );
  const found = useMemo(() => {
    void membership;
    return search(wanted, useWorld.getState());
  }, [wanted, membership]);
  const { pages, actions } = useDeeds(onKeys);
  const choose = (run: () => void) => {
    onClose();
    run();
  };
  const section = (title: string, deeds: readonly Deed[]) => {
    const shown = deeds.filter((deed) => fits(deed.label, wanted));
    if (shown.length === 0) return null;
    return (
      <Command.Group heading={title}>
        {shown.map((deed) => (
          <Command.Item key={deed.id} value={`deed ${deed.id}`} onSelect={() => choose(deed.run)}>
            {deed.label}
          </Command.Item>
        ))}
      </Command.Group>
    );
  };

  return (
    <Dialog.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.shade} />
        <Dialog.Content className={styles.palette} aria-describedby={undefined}>
          <Dialog.Title className={styles.title}>{t("search.title")}</Dialog.Title>
          <Command shouldFilter={false} label={t("search.title")} loop>
            <Command.Input className={styles.input} value={line} onValueChange={put} placeholder={t("search.placeholder")} />
            <Command.List className={styles.list}>
              <Command.Empty className={styles.none}>{t("search.none")}</Command.Empty>
              {GROUPS.map((group) => (
                <FoundGroup
                  key={group}
                  title={t(`nav.${group}`)}
                  found={found.filter((one) => one.group === group)}
                  onChoose={(one) => choose(() => void navigate(one.path))}
                />
              ))}
              {section(t("search.pages"), pages)}
              {section(t("search.actions"), actions)}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function FoundGroup({ title, found, onChoose }: { title: string; found: readonly Found[]; onChoose: (one: Found) => void }) {
  if (found.length === 0) return null;
  return (
    <Command.Group heading={title}>
      {found.map((one) => (
        <Command.Item key={one.path} value={one.path} onSelect={() => onChoose(one)}>
          <span className={styles.name}>{one.name}</span>
          <span className={styles.where}>{one.where}</span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}
