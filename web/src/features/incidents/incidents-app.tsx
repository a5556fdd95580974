// Everything below /incidents: one address for the app's routes, the rest comes with it.
import { lazy, Suspense } from "react";
import { Route, Routes } from "react-router";
import { Skeleton } from "../../parts/edges";
import { IncidentsPage } from "./list/incidents-page";

const IncidentPage = lazy(async () => ({ default: (await import("./page/incident-page")).IncidentPage }));
const HistoryPage = lazy(async () => ({ default: (await import("./history/history-page")).HistoryPage }));
const RulesPage = lazy(async () => ({ default: (await import("./rules/rules-page")).RulesPage }));

export function IncidentsApp() {
  return (
    <Suspense fallback={<Skeleton />}>
      <Routes>
        <Route index element={<IncidentsPage />} />
        <Route path="history" element={<HistoryPage />} />
        <Route path="rules" element={<RulesPage />} />
        <Route path=":id" element={<IncidentPage />} />
      </Routes>
    </Suspense>
  );
}
