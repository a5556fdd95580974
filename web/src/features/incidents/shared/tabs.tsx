import { Tabs as Row } from "../../../ui/tabs";
import { useAlertWords } from "../../../views/alerts/words";

const TABS = [
  { path: "/incidents", word: "tab.incidents", isExact: true },
  { path: "/incidents/history", word: "tab.history" },
  { path: "/incidents/silences", word: "tab.silences" },
  { path: "/incidents/maintenance", word: "tab.maintenance" },
  { path: "/incidents/rules", word: "tab.rules" },
  { path: "/incidents/paths", word: "tab.paths" },
] as const;

export function Tabs() {
  const t = useAlertWords();
  return <Row label={t("tab.label")} tabs={TABS.map(({ word, ...tab }) => ({ ...tab, word: t(word) }))} />;
}
