// What people paste: an address with or without scheme, port and path; a token in three forms. Pure.

export interface Address {
  address: string;
  port: number;
}

const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]|[0-9a-f]*:[0-9a-f:.]+)$/i;

export function parseAddress(text: string, usualPort = 8006): Address | null {
  const bare = text
    .trim()
    .replace(/^https?:\/\//i, "")
    .replace(/[/?#].*$/, "");
  const isBareV6 = !bare.startsWith("[") && bare.split(":").length > 2;
  const parts = isBareV6 ? null : /^(.*):(\d{1,5})$/.exec(bare);
  const address = parts?.[1] ?? bare;
  const port = parts ? Number(parts[2]) : usualPort;
  if (!HOST.test(address) || port < 1 || port > 65535) return null;
  return { address: address.replace(/^\[|\]$/g, ""), port };
}

export interface Token {
  id: string;
  secret: string;
}

/** Accepts user@realm!name=secret and the whole header line; the secret follows the last "=", a backup server's ":". */
export function parseToken(text: string): Token | null {
  const bare = text
    .trim()
    .replace(/^Authorization:\s*/i, "")
    .replace(/^P(?:VE|BS)APIToken=/i, "");
  const cut = bare.includes("=") ? bare.lastIndexOf("=") : bare.lastIndexOf(":");
  const id = bare.slice(0, cut).trim();
  const secret = bare.slice(cut + 1).trim();
  return cut > 0 && secret && /^[^@\s]+@[^!\s]+![^\s]+$/.test(id) ? { id, secret } : null;
}

export const TOKEN_LINES = [
  'pveum user add monitorix@pve --comment "Monitorix read only"',
  "pveum acl modify / --users monitorix@pve --roles PVEAuditor --propagate 1",
  "pveum user token add monitorix@pve main --privsep 1",
  "pveum acl modify / --tokens 'monitorix@pve!main' --roles PVEAuditor --propagate 1",
].join("\n");

export const FINGERPRINT_LINE = "openssl x509 -noout -fingerprint -sha256 -in /etc/pve/local/pve-ssl.pem";

export const SERVER_TOKEN_LINES = [
  'proxmox-backup-manager user create monitorix@pbs --comment "Monitorix read only"',
  "proxmox-backup-manager user generate-token monitorix@pbs main",
  "proxmox-backup-manager acl update / Audit --auth-id monitorix@pbs",
  "proxmox-backup-manager acl update / Audit --auth-id 'monitorix@pbs!main'",
  "proxmox-backup-manager acl update /remote RemoteAudit --auth-id monitorix@pbs",
  "proxmox-backup-manager acl update /remote RemoteAudit --auth-id 'monitorix@pbs!main'",
].join("\n");

export const SERVER_FINGERPRINT_LINE = "proxmox-backup-manager cert info | grep Fingerprint";
