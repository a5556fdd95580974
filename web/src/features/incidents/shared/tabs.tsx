import { Tabs as Row } from "../../../ui/tabs";
import { useAlertWords } from "../../../views/alerts/words";

const TABS = [
  { path: "/incidents", word: "tab.incidents" },
  { path: "/incidents/history", word: "tab.history" },
  { path: "/incidents/rules", word: "tab.rules" },
] as const;

export function Tabs() {
  const t = useAlertWords();
  return <Row isExact label={t("tab.label")} tabs={TABS.map(({ path, word }) => ({ path, word: t(word) }))} />;
}
