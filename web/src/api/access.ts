// The access token of this page: in memory only. The refresh token is a cookie that no script can read; it is
// rotated at each use, and using an old one ends the session, so all refreshes of a browser wait for each other.
import { alone } from "./alone";

export type Refreshed = "done" | "refused" | "unreachable";

let token: string | null = null;
let underway: Promise<Refreshed> | null = null;

export const accessToken = (): string | null => token;

export function setAccessToken(next: string | null): void {
  token = next;
}

/** The proof that a cookie route is called by our own page: the cookie beside the session, else a new one. */
export async function csrfHeaders(): Promise<Record<string, string>> {
  const kept = /(?:^|;\s*)mx_csrf=([\w-]{16,})/.exec(document.cookie)?.[1];
  return { "X-CSRF-Token": kept ?? (await freshCsrf()) };
}

async function freshCsrf(): Promise<string> {
  const response = await fetch(address("/api/auth/csrf-token"), { credentials: "same-origin" });
  if (!response.ok) throw new TypeError(`csrf-token: ${response.status}`);
  return ((await response.json()) as { csrf_token: string }).csrf_token;
}

/** One at a time: whoever asks while one is underway gets its outcome. */
export function refreshAccess(): Promise<Refreshed> {
  underway ??= alone(refresh).finally(() => {
    underway = null;
  });
  return underway;
}

async function refresh(): Promise<Refreshed> {
  try {
    const response = await fetch(address("/api/auth/refresh"), {
      method: "POST",
      credentials: "same-origin",
      headers: await csrfHeaders(),
    });
    if (response.ok) {
      token = ((await response.json()) as { access_token: string }).access_token;
      return "done";
    }
    if (response.status !== 401 && response.status !== 403) return "unreachable";
    token = null;
    return "refused";
  } catch {
    return "unreachable";
  }
}

export const address = (path: string): string => new URL(path, globalThis.location.origin).href;
