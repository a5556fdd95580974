// The fields of a service by its type, with the defaults a new one begins with. What most never touch is advanced.
import type { CheckAssertion, ServiceType } from "../../../fleet/nouns";
import type { Subject } from "../../../fleet/services/world";

export interface HeaderLine {
  name: string;
  value: string;
  /** The server knows a secret value and keeps it while nothing is entered. */
  isKept: boolean;
}
export interface Step {
  kind: "send" | "expect" | "start_tls";
  text: string;
}
export type FieldValue =
  | string
  | boolean
  | readonly string[]
  | readonly CheckAssertion[]
  | readonly HeaderLine[]
  | readonly Step[]
  | Subject
  | null;
export type Values = Readonly<Record<string, FieldValue>>;

export type FieldKind =
  | "text"
  | "area"
  | "lines"
  | "number"
  | "check"
  | "select"
  | "secret"
  | "tags"
  | "rules"
  | "headers"
  | "steps"
  | "subject"
  | "members"
  | "program";

export interface Field {
  /** Where it stands in the body; its last part is its word. */
  path: string;
  kind: FieldKind;
  first: FieldValue;
  section: "main" | "good" | "request" | "tls" | "timing" | "network" | "about";
  isAdvanced?: boolean;
  isRequired?: boolean;
  /** An empty number is null rather than left out. */
  isNullable?: boolean;
  hasHint?: boolean;
  choices?: readonly string[];
  /** Shown only while the choice at `path` is this one. */
  onlyWith?: { path: string; choice: string };
  /** The choices have words of their own; others are names that stay as they are. */
  isWorded?: boolean;
  least?: number;
  most?: number;
}

export const TYPES: readonly ServiceType[] = ["https", "http", "ping", "port", "dns", "tls", "push", "composite", "custom"];

const text = (path: string, section: Field["section"], more: Partial<Field> = {}): Field => ({
  path,
  kind: "text",
  first: "",
  section,
  ...more,
});
const number = (path: string, section: Field["section"], first: string, least: number, most: number, more: Partial<Field> = {}): Field => ({
  path,
  kind: "number",
  first,
  section,
  least,
  most,
  ...more,
});
const choice = (path: string, section: Field["section"], choices: readonly string[], more: Partial<Field> = {}): Field => ({
  path,
  kind: "select",
  first: choices[0] ?? "",
  section,
  choices,
  ...more,
});
const ADVANCED = { isAdvanced: true } as const;
const WITH_TOKEN = { isAdvanced: true, onlyWith: { path: "options.http.auth", choice: "oauth2" } } as const;
const OPEN = { isAdvanced: true, isNullable: true } as const;

const NAME = text("name", "main", { isRequired: true });
const TARGET = text("target", "main", { isRequired: true });
const PORT = (first: string) => number("port", "main", first, 1, 65_535, { isRequired: true });
const SUBJECT: Field = { path: "subject", kind: "subject", first: null, section: "main", hasHint: true };
const TAGS: Field = { path: "tags", kind: "tags", first: "", section: "main", hasHint: true };

const SCHEDULE: readonly Field[] = [
  number("check_interval", "timing", "60", 1, 86_400),
  number("timeout", "timing", "5", 0.1, 60),
  number("retries", "timing", "2", 0, 19, { ...ADVANCED, hasHint: true }),
  number("retry_interval", "timing", "10", 1, 86_400, ADVANCED),
  number("recover_after", "timing", "2", 1, 20, ADVANCED),
  number("degraded_after", "timing", "2", 1, 20, ADVANCED),
  number("nodata_grace", "timing", "", 1, 604_800, { ...OPEN, hasHint: true }),
];
const NETWORK: readonly Field[] = [
  choice("ip_family", "network", ["auto", "v4", "v6", "both"], { ...ADVANCED, isWorded: true }),
  text("address_override", "network", { ...ADVANCED, hasHint: true }),
  text("source_address", "network", ADVANCED),
];
const JUDGED: readonly Field[] = [
  { path: "invert", kind: "check", first: false, section: "good", isAdvanced: true, hasHint: true },
  choice("keep_evidence", "good", ["on_failure", "always", "none"], { ...ADVANCED, isWorded: true }),
];
const RULES: readonly Field[] = [
  { path: "assertions", kind: "rules", first: [], section: "good", hasHint: true },
  { path: "degraded_rules", kind: "rules", first: [], section: "good", hasHint: true },
];
const ABOUT: readonly Field[] = [
  { path: "notes", kind: "area", first: "", section: "about", isAdvanced: true },
  text("runbook_url", "about", { ...ADVANCED, hasHint: true }),
];

const HTTP: readonly Field[] = [
  choice("options.http.method", "request", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
  text("options.http.expected_status", "good", { first: "200-299", hasHint: true }),
  choice("options.http.auth", "request", ["none", "basic", "bearer", "proxmox_token", "oauth2"], { ...ADVANCED, isWorded: true }),
  text("options.http.user", "request", ADVANCED),
  { path: "options.http.secret", kind: "secret", first: "", section: "request", isAdvanced: true },
  text("options.http.token_url", "request", { ...WITH_TOKEN, hasHint: true }),
  text("options.http.token_scope", "request", { ...WITH_TOKEN, hasHint: true }),
  text("options.http.token_audience", "request", { ...WITH_TOKEN, hasHint: true }),
  choice("options.http.token_credentials", "request", ["header", "body"], { ...WITH_TOKEN, isWorded: true }),
  { path: "options.http.headers", kind: "headers", first: [], section: "request", isAdvanced: true },
  { path: "options.http.body", kind: "area", first: "", section: "request", isAdvanced: true },
  choice("options.http.body_encoding", "request", ["auto", "json", "form", "xml", "text"], { ...ADVANCED, isWorded: true }),
  choice("options.http.redirects", "request", ["follow", "same_host", "none"], { ...ADVANCED, isWorded: true }),
  number("options.http.max_redirects", "request", "5", 0, 10, ADVANCED),
  number("options.http.max_body_bytes", "request", "1048576", 0, 16_777_216, ADVANCED),
  choice("options.http.version", "request", ["auto", "1.1", "2"], ADVANCED),
  text("options.http.proxy", "request", { ...ADVANCED, hasHint: true }),
  { path: "options.http.decompress", kind: "check", first: true, section: "request", isAdvanced: true },
  { path: "options.http.fresh_connection", kind: "check", first: true, section: "request", isAdvanced: true },
];
const TLS: readonly Field[] = [
  { path: "options.tls.verify", kind: "check", first: true, section: "tls", isAdvanced: true },
  number("options.tls.warn_days", "tls", "14", 0, 3650, ADVANCED),
  number("options.tls.critical_days", "tls", "3", 0, 3650, ADVANCED),
  text("options.tls.server_name", "tls", ADVANCED),
  choice("options.tls.minimum_version", "tls", ["1.2", "1.3", "1.1", "1.0"], ADVANCED),
  { path: "options.tls.ca_pem", kind: "area", first: "", section: "tls", isAdvanced: true },
  { path: "options.tls.client_certificate_pem", kind: "area", first: "", section: "tls", isAdvanced: true },
  { path: "options.tls.client_key_pem", kind: "secret", first: "", section: "tls", isAdvanced: true },
  number("options.tls.expected_alert", "tls", "", 0, 255, OPEN),
];
const OWN: Readonly<Record<ServiceType, readonly Field[]>> = {
  http: [...HTTP, ...RULES],
  https: [...HTTP, ...RULES, ...TLS],
  ping: [
    number("options.ping.count", "request", "3", 1, 20, ADVANCED),
    number("options.ping.spacing_ms", "request", "200", 10, 2000, ADVANCED),
    number("options.ping.size", "request", "56", 8, 65_500, ADVANCED),
    number("options.ping.ttl", "request", "", 1, 255, OPEN),
    number("options.ping.dscp", "request", "", 0, 63, OPEN),
    number("options.ping.loss_warn_percent", "good", "34", 1, 100, ADVANCED),
    number("options.ping.loss_critical_percent", "good", "100", 1, 100, ADVANCED),
    number("options.ping.rtt_warn_ms", "good", "", 1, 60_000, OPEN),
    number("options.ping.jitter_warn_ms", "good", "", 1, 60_000, OPEN),
  ],
  port: [
    { path: "options.port.tls", kind: "check", first: false, section: "request" },
    choice("options.port.start_tls", "request", ["none", "smtp", "imap", "pop3", "ftp", "xmpp", "postgres", "ldap", "mysql"], ADVANCED),
    { path: "options.port.steps", kind: "steps", first: [], section: "request", isAdvanced: true, hasHint: true },
    ...RULES,
    ...TLS,
  ],
  dns: [
    choice("options.dns.record_type", "request", ["A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT", "CAA"]),
    text("options.dns.server", "request", { hasHint: true }),
    { path: "options.dns.answers", kind: "lines", first: "", section: "good", hasHint: true },
    choice("options.dns.match", "good", ["any_of", "all_of", "none_of", "regex"], { ...ADVANCED, isWorded: true }),
    choice("options.dns.transport", "request", ["udp", "tcp", "dot"], ADVANCED),
    choice("options.dns.rcode", "good", ["NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED", "FORMERR", "NOTIMP"], ADVANCED),
    number("options.dns.min_ttl", "good", "", 0, 2_147_483_647, OPEN),
    number("options.dns.max_ttl", "good", "", 0, 2_147_483_647, OPEN),
    { path: "options.dns.serial_servers", kind: "lines", first: "", section: "good", isAdvanced: true, hasHint: true },
    { path: "options.dns.require_ad", kind: "check", first: false, section: "good", isAdvanced: true },
  ],
  tls: [...TLS, ...RULES],
  push: [
    number("options.push.period_seconds", "timing", "300", 10, 31_622_400, { hasHint: true }),
    number("options.push.grace_seconds", "timing", "60", 0, 2_592_000, { hasHint: true }),
    text("options.push.cron", "timing", { ...ADVANCED, hasHint: true }),
    text("options.push.time_zone", "timing", { ...ADVANCED, hasHint: true }),
  ],
  composite: [
    { path: "options.composite.member_ids", kind: "members", first: [], section: "main", isRequired: true },
    choice("options.composite.rule", "good", ["all", "any", "k_of_n"], { isWorded: true }),
    number("options.composite.needed", "good", "1", 1, 500),
  ],
  custom: [
    { path: "options.custom.command", kind: "program", first: "", section: "main", isRequired: true, hasHint: true },
    { path: "options.custom.arguments", kind: "lines", first: "", section: "main", hasHint: true },
  ],
};

/** In the order of the form. */
export function fieldsOf(type: ServiceType): readonly Field[] {
  const isDialled = type !== "push" && type !== "composite" && type !== "custom";
  const hasPort = type === "port" || type === "tls";
  const schedule = type === "push" ? SCHEDULE.filter((field) => field.path === "recover_after") : SCHEDULE;
  return [
    NAME,
    ...(isDialled ? [TARGET] : []),
    ...(hasPort ? [PORT(type === "tls" ? "443" : "")] : []),
    SUBJECT,
    TAGS,
    ...OWN[type],
    ...schedule,
    ...JUDGED,
    ...(isDialled ? NETWORK : []),
    ...ABOUT,
  ];
}

/** A heartbeat comes by itself, and a composite has nothing of its own to ask. */
export const canTest = (type: ServiceType): boolean => type !== "push" && type !== "composite";

export const wordOf = (field: Field): string => field.path.split(".").at(-1) ?? field.path;
