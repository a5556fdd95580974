// Every address of the app. Each page comes when it is first wanted.
import { Navigate, type RouteObject } from "react-router";
import { readAlertWords, readChannelWords, readServiceWords } from "../i18n/words";
import { BrokenPage, MissingPage, Waiting } from "./edges";
import { Gate } from "./gate";
import { SettingsLayout } from "./settings-layout";

/** A page that waits for words which are not among those of the start. */
const after =
  (words: () => Promise<void>) =>
  <Page, Name extends keyof Page & string>(read: () => Promise<Page>, name: Name): NonNullable<RouteObject["lazy"]> =>
  async () => {
    const [page] = await Promise.all([read(), words()]);
    return { Component: page[name] as React.ComponentType };
  };
const ofServices = after(readServiceWords);
const ofChannels = after(readChannelWords);
const ofAlerts = after(readAlertWords);

const pages: RouteObject[] = [
  { index: true, element: <Navigate to="/dashboard" replace /> },
  { path: "dashboard", lazy: async () => ({ Component: (await import("../features/overview/overview-page")).OverviewPage }) },
  { path: "clusters", lazy: async () => ({ Component: (await import("../features/clusters/clusters-page")).ClustersPage }) },
  { path: "clusters/connect", lazy: async () => ({ Component: (await import("../features/clusters/connect-page")).ConnectPage }) },
  { path: "clusters/new", element: <Navigate to="/clusters/connect" replace /> },
  { path: "clusters/:id", lazy: async () => ({ Component: (await import("../features/clusters/cluster-page")).ClusterPage }) },
  { path: "nodes", lazy: async () => ({ Component: (await import("../features/nodes/nodes-page")).NodesPage }) },
  { path: "nodes/:id", lazy: async () => ({ Component: (await import("../features/nodes/node-page")).NodePage }) },
  { path: "vms", lazy: async () => ({ Component: (await import("../features/guests/guests-page")).GuestsPage }) },
  { path: "vms/:id", lazy: async () => ({ Component: (await import("../features/guests/guest-page")).GuestPage }) },
  { path: "storages", lazy: async () => ({ Component: (await import("../features/storages/storages-page")).StoragesPage }) },
  { path: "storages/:id", lazy: async () => ({ Component: (await import("../features/storages/storage-page")).StoragePage }) },
  { path: "services", lazy: ofServices(() => import("../features/services/list/services-page"), "ServicesPage") },
  { path: "services/new", lazy: ofServices(() => import("../features/services/editor/edit-page"), "NewServicePage") },
  { path: "services/many", lazy: ofServices(() => import("../features/services/many/many-page"), "ManyServicesPage") },
  { path: "services/import", lazy: ofServices(() => import("../features/services/many/import-page"), "ImportPage") },
  { path: "services/:id", lazy: ofServices(() => import("../features/services/detail/service-page"), "ServicePage") },
  { path: "services/:id/edit", lazy: ofServices(() => import("../features/services/editor/edit-page"), "EditServicePage") },
  { path: "status-pages", lazy: ofServices(() => import("../features/status-pages/status-pages-page"), "StatusPagesPage") },
  { path: "status-pages/new", lazy: ofServices(() => import("../features/status-pages/status-page-editor"), "NewStatusPage") },
  { path: "status-pages/:id", lazy: ofServices(() => import("../features/status-pages/status-page-editor"), "EditStatusPage") },
  { path: "backups", lazy: async () => ({ Component: (await import("../features/backups/backups-page")).BackupsPage }) },
  {
    path: "backup-servers/connect",
    lazy: async () => ({ Component: (await import("../features/clusters/connect-page")).ConnectServerPage }),
  },
  { path: "backup-servers", element: <Navigate to="/backups" replace /> },
  { path: "backup-servers/:id", lazy: async () => ({ Component: (await import("../features/backups/server-page")).ServerPage }) },
  { path: "incidents/*", lazy: ofAlerts(() => import("../features/incidents/incidents-app"), "IncidentsApp") },
  { path: "charts", lazy: async () => ({ Component: (await import("../features/metrics/metrics-page")).MetricsPage }) },
  {
    element: <SettingsLayout />,
    children: [
      { path: "settings", element: <Navigate to="/settings/profile" replace /> },
      { path: "settings/profile", lazy: ofAlerts(() => import("../features/settings/profile-page"), "ProfilePage") },
      { path: "settings/api-keys", lazy: async () => ({ Component: (await import("../features/settings/keys-page")).KeysPage }) },
      { path: "settings/channels", lazy: ofChannels(() => import("../features/channels/channels-page"), "ChannelsPage") },
      { path: "settings/channels/new", lazy: ofChannels(() => import("../features/channels/channel-page"), "NewChannelPage") },
      { path: "settings/channels/:id", lazy: ofChannels(() => import("../features/channels/channel-page"), "ChannelPage") },
      { path: "settings/deliveries", lazy: ofChannels(() => import("../features/channels/deliveries-page"), "DeliveriesPage") },
      { path: "settings/users", lazy: async () => ({ Component: (await import("../features/settings/users-page")).UsersPage }) },
      { path: "settings/history", lazy: async () => ({ Component: (await import("../features/settings/history-page")).HistoryPage }) },
      { path: "settings/system", lazy: async () => ({ Component: (await import("../features/system/system-page")).SystemPage }) },
      { path: "settings/audit", lazy: async () => ({ Component: (await import("../features/settings/audit-page")).AuditPage }) },
      { path: "api/docs", lazy: async () => ({ Component: (await import("../features/docs/docs-page")).DocsPage }) },
    ],
  },
  { path: "docs", element: <Navigate to="/api/docs" replace /> },
  { path: "*", element: <MissingPage /> },
];

export const routes: RouteObject[] = [
  {
    errorElement: <BrokenPage />,
    HydrateFallback: Waiting,
    children: [
      { path: "/login", lazy: async () => ({ Component: (await import("../features/login/login-page")).LoginPage }) },
      { path: "/setup", lazy: async () => ({ Component: (await import("../features/setup/setup-page")).SetupPage }) },
      // The inner boundary: a page that breaks leaves the frame standing.
      { path: "/", element: <Gate />, children: [{ errorElement: <BrokenPage />, children: pages }] },
    ],
  },
];
