// Everything below /incidents: one address for the app's routes, the rest comes with it.
import { type ComponentType, lazy, Suspense } from "react";
import { Route, Routes } from "react-router";
import { readQuietWords } from "../../i18n/words";
import { Skeleton } from "../../parts/edges";
import { IncidentsPage } from "./list/incidents-page";

const IncidentPage = lazy(async () => ({ default: (await import("./page/incident-page")).IncidentPage }));
const HistoryPage = lazy(async () => ({ default: (await import("./history/history-page")).HistoryPage }));

/** The words of these pages are fetched beside the first of them. */
const quiet = <Page, Name extends keyof Page & string>(read: () => Promise<Page>, name: Name) =>
  lazy(async () => {
    const [page] = await Promise.all([read(), readQuietWords()]);
    return { default: page[name] as ComponentType };
  });
const RulesPage = quiet(() => import("./rules/rules-page"), "RulesPage");
const NewRulePage = quiet(() => import("./rules/rule-page"), "NewRulePage");
const RulePage = quiet(() => import("./rules/rule-page"), "RulePage");
const SilencesPage = quiet(() => import("./silences/silences-page"), "SilencesPage");
const NewSilencePage = quiet(() => import("./silences/silence-page"), "NewSilencePage");
const SilencePage = quiet(() => import("./silences/silence-page"), "SilencePage");
const WindowsPage = quiet(() => import("./windows/windows-page"), "WindowsPage");
const NewWindowPage = quiet(() => import("./windows/window-page"), "NewWindowPage");
const WindowPage = quiet(() => import("./windows/window-page"), "WindowPage");
const PathsPage = quiet(() => import("./paths/paths-page"), "PathsPage");
const NewPathPage = quiet(() => import("./paths/path-page"), "NewPathPage");
const PathPage = quiet(() => import("./paths/path-page"), "PathPage");

export function IncidentsApp() {
  return (
    <Suspense fallback={<Skeleton />}>
      <Routes>
        <Route index element={<IncidentsPage />} />
        <Route path="history" element={<HistoryPage />} />
        <Route path="rules" element={<RulesPage />} />
        <Route path="rules/new" element={<NewRulePage />} />
        <Route path="rules/:id" element={<RulePage />} />
        <Route path="paths" element={<PathsPage />} />
        <Route path="paths/new" element={<NewPathPage />} />
        <Route path="paths/:id" element={<PathPage />} />
        <Route path="silences" element={<SilencesPage />} />
        <Route path="silences/new" element={<NewSilencePage />} />
        <Route path="silences/:id" element={<SilencePage />} />
        <Route path="maintenance" element={<WindowsPage />} />
        <Route path="maintenance/new" element={<NewWindowPage />} />
        <Route path="maintenance/:id" element={<WindowPage />} />
        <Route path=":id" element={<IncidentPage />} />
      </Routes>
    </Suspense>
  );
}
