// The pages of the rail, in its order; also what the palette and the key g know.
import {
  ArchiveRestore,
  BellRing,
  Boxes,
  ChartLine,
  Database,
  HeartPulse,
  LayoutDashboard,
  type LucideIcon,
  Megaphone,
  Network,
  Server,
  Settings,
} from "lucide-react";
import type { Role } from "../api/session";
import type { FrameKey } from "../i18n/frame";

export interface Page {
  path: string;
  word: FrameKey;
  icon: LucideIcon;
  /** After g */
  key: string | null;
}

export const PAGES: readonly Page[] = [
  { path: "/dashboard", word: "nav.overview", icon: LayoutDashboard, key: "o" },
  { path: "/clusters", word: "nav.clusters", icon: Network, key: "c" },
  { path: "/nodes", word: "nav.nodes", icon: Server, key: "n" },
  { path: "/vms", word: "nav.guests", icon: Boxes, key: "g" },
  { path: "/storages", word: "nav.storages", icon: Database, key: "s" },
  { path: "/services", word: "nav.services", icon: HeartPulse, key: "h" },
  { path: "/incidents", word: "nav.incidents", icon: BellRing, key: "i" },
  { path: "/backups", word: "nav.backups", icon: ArchiveRestore, key: "b" },
  { path: "/charts", word: "nav.metrics", icon: ChartLine, key: "m" },
  { path: "/status-pages", word: "nav.statusPages", icon: Megaphone, key: null },
];

export const SETTINGS: Page = { path: "/settings/profile", word: "nav.settings", icon: Settings, key: null };

export interface SettingsPage {
  path: string;
  word: FrameKey;
  least: Role;
}

export const SETTINGS_PAGES: readonly SettingsPage[] = [
  { path: "/settings/profile", word: "nav.profile", least: "viewer" },
  { path: "/settings/api-keys", word: "nav.keys", least: "viewer" },
  { path: "/settings/channels", word: "nav.channels", least: "viewer" },
  { path: "/settings/deliveries", word: "nav.deliveries", least: "viewer" },
  { path: "/settings/users", word: "nav.users", least: "admin" },
  { path: "/settings/history", word: "nav.history", least: "admin" },
  { path: "/settings/system", word: "nav.system", least: "viewer" },
  { path: "/settings/audit", word: "nav.audit", least: "admin" },
  { path: "/api/docs", word: "nav.docs", least: "viewer" },
];
