import { useFrameWords } from "../../i18n/frame";
import { Dialog } from "../../ui/dialog";
import { Kbd } from "../../ui/kbd";
import { PAGES } from "../pages";
import styles from "./keys-help.module.css";

export function KeysHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useFrameWords();
  const rows: [string, string][] = [
    ["Ctrl K", t("keys.search")],
    ["/", t("keys.filter")],
    ["?", t("keys.help")],
    ...PAGES.map((page): [string, string] => [`g ${page.key}`, t("keys.go", { page: t(page.word) })]),
    ["j k", t("keys.move")],
    ["Enter", t("keys.open")],
    ["x", t("keys.select")],
    ["Esc", t("keys.back")],
  ];
  return (
    <Dialog title={t("keys.title")} isOpen={isOpen} onClose={onClose} closeLabel={t("keys.close")}>
      <dl className={styles.keys}>
        {rows.map(([keys, meaning]) => (
          <div key={keys} className={styles.row}>
            <dt>
              <KeyPair keys={keys} />
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

/** "g g" is two presses of one key, so each press is drawn by itself. */
function KeyPair({ keys }: { keys: string }) {
  const [first = "", ...rest] = keys.split(" ");
  return (
    <span className={styles.pair}>
      <Kbd keys={first} />
      {rest.length > 0 && <Kbd keys={rest.join(" ")} />}
    </span>
  );
}
