// Which fields each type of channel has, in the order in which people fill them in.
import type { ChannelType } from "../../fleet/nouns";

export interface ChannelField {
  name: string;
  kind: "line" | "text" | "number" | "url" | "choice";
  isNeeded?: boolean;
  /** Write-only: what is kept is never shown. */
  isSecret?: boolean;
  /** What stands in when it is left empty. */
  usual?: string;
  choices?: readonly string[];
}

const SECRET_URL: ChannelField = { name: "webhook_url", kind: "url", isNeeded: true, isSecret: true };
const server = (usual?: string): ChannelField => ({ name: "server", kind: "url", ...(usual ? { usual } : { isNeeded: true }) });
const line = (name: string, isNeeded = false): ChannelField => ({ name, kind: "line", isNeeded });
const secret = (name: string, isNeeded = false): ChannelField => ({ name, kind: "line", isNeeded, isSecret: true });

export const CHANNEL_FIELDS: Record<ChannelType, readonly ChannelField[]> = {
  email: [
    line("host", true),
    { name: "port", kind: "number", usual: "587" },
    { name: "tls", kind: "choice", usual: "starttls", choices: ["starttls", "implicit", "none"] },
    line("user"),
    secret("password"),
    line("from", true),
    line("to", true),
  ],
  webhook: [
    SECRET_URL,
    { name: "method", kind: "choice", usual: "POST", choices: ["POST", "PUT", "PATCH"] },
    secret("secret"),
    { name: "headers", kind: "text", isSecret: true },
    { name: "template", kind: "text" },
  ],
  slack: [SECRET_URL],
  discord: [SECRET_URL],
  teams: [SECRET_URL],
  telegram: [secret("bot_token", true), line("chat_id", true), line("thread_id"), server("https://api.telegram.org")],
  ntfy: [line("topic", true), secret("token"), server("https://ntfy.sh")],
  gotify: [server(), secret("token", true)],
  matrix: [server(), secret("token", true), line("room", true)],
  pushover: [secret("token", true), secret("user_key", true), server("https://api.pushover.net")],
  pagerduty: [secret("routing_key", true), server("https://events.pagerduty.com")],
  apprise: [server(), secret("key"), secret("urls"), line("tags")],
  exec: [line("program", true)],
};

export const CHANNEL_TYPES = Object.keys(CHANNEL_FIELDS) as ChannelType[];
