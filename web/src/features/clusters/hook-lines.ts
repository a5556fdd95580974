// What to enter in Proxmox VE so that it sends its notifications here, by its pages or by a shell. Pure.

/** Stands where the token belongs while it is not known: it is shown once and kept nowhere. */
export const NO_TOKEN = "TOKEN";

export const HOOK_BODY = `{
  "title": "{{ escape title }}",
  "message": "{{ escape message }}",
  "severity": "{{ severity }}",
  "timestamp": {{ timestamp }},
  "fields": {{ json fields }}
}`;

export const hookUrl = (origin: string): string => `${origin}/api/hooks/proxmox/{{ secrets.token }}`;

/** Headers, secrets and the body are base64 in the API of Proxmox VE. */
export function shellLines(origin: string, token: string): string {
  return [
    "pvesh create /cluster/notifications/endpoints/webhook --name monitorix --method post \\",
    `  --url '${hookUrl(origin)}' \\`,
    `  --header 'name=Content-Type,value=${btoa("application/json")}' \\`,
    `  --secret 'name=token,value=${btoa(token)}' \\`,
    `  --body '${btoa(HOOK_BODY)}'`,
    "pvesh create /cluster/notifications/matchers --name monitorix --target monitorix",
  ].join("\n");
}

/** Webhooks came with Proxmox VE 8.3; what is not known is not said to be too old. */
export function hasWebhooks(version: string | null): boolean {
  const [major = 0, minor = 0] = (version ?? "").split(".").map(Number);
  return version === null || major > 8 || (major === 8 && minor >= 3);
}
