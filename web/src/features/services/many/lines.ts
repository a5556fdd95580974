// Many services from many lines: what people paste, made into services. Pure.
//   line = [ name ( "=" | "," | tab ) ] target
//   target = "http://…" | "https://…" | "tls://host[:port]" | "dns://name" | "ping://host" | host ":" port | host
// A line that begins with # is a remark.
import type { ServiceCreate, ServiceType } from "../../../fleet/nouns";

export interface Planned {
  /** Counted from 1, as an editor shows it. */
  line: number;
  text: string;
  /** null: nobody can tell what it is. */
  service: ServiceCreate | null;
}

/** The server takes as many at once. */
export const MOST = 500;

interface Target {
  type: ServiceType;
  target: string;
  port: number | null;
}

const HOST = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?$/;
const IPV6 = /^[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*$/;
const WITH_PORT = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:\s]+)):(\d{1,5})$/;

const isHost = (text: string): boolean => HOST.test(text) || (IPV6.test(text) && text.split(":").length > 2);
const bare = (text: string): string => text.replace(/^\[(.*)\]$/, "$1");

function withPort(text: string): { host: string; port: number } | null {
  const found = WITH_PORT.exec(text);
  const host = found?.[1] ?? found?.[2] ?? "";
  const port = Number(found?.[3] ?? 0);
  return found && isHost(host) && port >= 1 && port <= 65_535 ? { host, port } : null;
}

export function targetOf(text: string): Target | null {
  if (/^https?:\/\/[^\s/]+/i.test(text) && !/\s/.test(text))
    return { type: /^https/i.test(text) ? "https" : "http", target: text, port: null };
  const scheme = /^(tls|dns|ping|tcp|icmp):\/\/(.+)$/i.exec(text);
  const rest = scheme?.[2]?.replace(/\/$/, "") ?? text;
  const kind = scheme?.[1]?.toLowerCase();
  const place = withPort(rest);
  const host = bare(rest);
  if (kind === "tls")
    return place ? { type: "tls", target: place.host, port: place.port } : isHost(host) ? { type: "tls", target: host, port: 443 } : null;
  if (kind === "dns") return isHost(host) ? { type: "dns", target: host, port: null } : null;
  if (kind !== "ping" && kind !== "icmp" && place) return { type: "port", target: place.host, port: place.port };
  if (kind === "tcp") return null;
  return isHost(host) ? { type: "ping", target: host, port: null } : null;
}

/** "name = target", "name, target" or the target alone; an address may hold "=" and "," itself. */
function partsOf(text: string): { name: string | null; target: Target | null } {
  const whole = targetOf(text);
  if (whole) return { name: null, target: whole };
  const split = /^(.+?)\s*(?:\t|,|=)\s*(\S+)$/.exec(text);
  if (!split) return { name: null, target: null };
  return { name: split[1]?.trim() ?? null, target: targetOf(split[2] ?? "") };
}

const nameOf = ({ target, port }: Target): string => {
  const host = target.replace(/^https?:\/\//i, "").replace(/\/$/, "");
  return (port === null ? host : `${host}:${port}`).slice(0, 100);
};

export interface Wishes {
  tags: readonly string[];
  interval: number;
}

export function planOf(text: string, wishes: Wishes): Planned[] {
  const planned: Planned[] = [];
  text.split("\n").forEach((raw, i) => {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) return;
    const { name, target } = partsOf(line);
    const service: ServiceCreate | null = target && {
      name: (name ?? nameOf(target)).slice(0, 100),
      type: target.type,
      target: target.target,
      port: target.port,
      tags: [...wishes.tags],
      check_interval: wishes.interval,
    };
    planned.push({ line: i + 1, text: line, service });
  });
  return planned;
}
