// Who is signed in on this page. "unknown" until the cookie was tried once; no token is kept anywhere but in memory.
import { create } from "zustand";
import { csrfHeaders, refreshAccess, setAccessToken } from "./access";
import { client, whenSignedOut } from "./client";
import { answer } from "./problem";
import type { components } from "./schema.gen";

export type Me = components["schemas"]["Me"];
export type Role = components["schemas"]["Role"];

export interface Session {
  phase: "unknown" | "out" | "in";
  me: Me | null;
  /** The server did not answer when the page asked who is signed in; it is asked again. */
  isUnreachable: boolean;
  start: () => Promise<void>;
  signIn: (username: string, password: string) => Promise<void>;
  signOut: (everywhere?: boolean) => Promise<void>;
  reload: () => Promise<void>;
  put: (me: Me) => void;
}

const RETRY_MS = 2000;
/** Set by the server beside the refresh token and readable: without it there is no session to take up. */
const mayHaveSession = (): boolean => document.cookie.includes("mx_csrf=");

export const useSession = create<Session>()((set, get) => ({
  phase: "unknown",
  me: null,
  isUnreachable: false,

  start: async () => {
    if (get().phase !== "unknown") return;
    if (!mayHaveSession()) return set({ phase: "out" });
    const renewed = await refreshAccess();
    if (renewed === "refused") return set({ phase: "out", isUnreachable: false });
    try {
      if (renewed === "done") return await get().reload();
    } catch {
      // Asked again below.
    }
    if (get().phase !== "unknown") return;
    set({ isUnreachable: true });
    setTimeout(() => void get().start(), RETRY_MS);
  },

  signIn: async (username, password) => {
    const tokens = await answer(client.POST("/api/auth/login", { body: { username, password } }));
    setAccessToken(tokens.access_token);
    await get().reload();
  },

  signOut: async (everywhere = false) => {
    try {
      const headers = await csrfHeaders();
      await client.POST("/api/auth/logout", { body: { everywhere }, headers });
    } catch {
      // Without a line the session ends here; the server's part ends by itself.
    }
    end();
  },

  reload: async () => {
    const me = await answer(client.GET("/api/auth/me"));
    set({ phase: "in", me, isUnreachable: false });
  },

  put: (me) => set({ me }),
}));

function end(): void {
  setAccessToken(null);
  useSession.setState({ phase: "out", me: null, isUnreachable: false });
}
whenSignedOut(end);

/** Ends the session on this page only, after the server has ended it. */
export const endSession = end;

const RANK: Record<Role, number> = { viewer: 0, operator: 1, editor: 2, admin: 3 };

export const useRole = (): Role | null => useSession((session) => session.me?.role ?? null);

/** Whether the person signed in has at least this role. The server decides; this only hides what it would refuse. */
export function useMay(role: Role): boolean {
  const own = useRole();
  return own !== null && RANK[own] >= RANK[role];
}

/** Where to go after signing in: a path of this very site, else the overview. */
export function safeNext(next: string | null): string {
  const isOwn = next?.startsWith("/") && !next.startsWith("//") && !next.includes("\\") && !/\p{Cc}/u.test(next);
  return isOwn ? (next as string) : "/dashboard";
}
