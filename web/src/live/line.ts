// The one line of this page: it runs while somebody is signed in and has not paused it.
import { refreshAccess } from "../api/access";
import { client } from "../api/client";
import { endSession, useSession } from "../api/session";
import { Line, SUBPROTOCOL, type TicketOutcome } from "./socket";
import { failUnready, resetStatus, useLineStatus } from "./status";
import { Subscriptions } from "./subscriptions";
import { clearWorld } from "./world";

/** A reconnection shorter than this is not worth a grey page. */
const STALE_AFTER_MS = 5000;

export const subscriptions = new Subscriptions();

let staleTimer: ReturnType<typeof setTimeout> | null = null;

function lost(): void {
  staleTimer ??= setTimeout(() => {
    useLineStatus.setState({ isStale: true });
    failUnready();
  }, STALE_AFTER_MS);
}

function found(): void {
  if (staleTimer) clearTimeout(staleTimer);
  staleTimer = null;
  useLineStatus.setState(({ phases }) => ({
    line: "live",
    retryAt: null,
    isStale: false,
    phases: Object.fromEntries(
      Object.entries(phases).map(([stream, phase]) => [stream, phase === "failed" ? "loading" : phase]),
    ) as typeof phases,
  }));
}

async function ticket(): Promise<TicketOutcome> {
  try {
    const { data, response } = await client.POST("/api/auth/ws-ticket");
    if (data) return { ticket: data.ticket };
    return response.status === 401 && useSession.getState().phase === "out" ? "signed-out" : "unreachable";
  } catch {
    return "unreachable";
  }
}

/** Renews the token and what it says about the person: a role may have changed. */
async function renew(): Promise<boolean> {
  const renewed = await refreshAccess();
  if (renewed === "refused") endSession();
  if (renewed !== "done") return renewed === "unreachable";
  await useSession
    .getState()
    .reload()
    .catch(() => undefined);
  return useSession.getState().phase === "in";
}

const line = new Line(
  { ticket, renew, end: endSession, open: (url) => new WebSocket(url, SUBPROTOCOL), random: Math.random },
  subscriptions,
  {
    connecting: () => {
      lost();
      // Between two attempts the page stays "offline"; only the very first one is "connecting".
      useLineStatus.setState(({ line: before }) => ({ line: before === "offline" ? "offline" : "connecting", retryAt: null }));
    },
    live: found,
    heard: () => useLineStatus.setState({ lastMessageAt: Date.now() }),
    waiting: (retryAt) => {
      lost();
      useLineStatus.setState({ line: "offline", retryAt });
    },
  },
);

/** Stops the page from moving; what happens meanwhile comes in when it goes on. */
export function togglePause(): void {
  if (useLineStatus.getState().line === "paused") {
    useLineStatus.setState({ line: "connecting" });
    line.start();
    return;
  }
  line.stop();
  useLineStatus.setState({ line: "paused", retryAt: null });
}

function follow(phase: "unknown" | "out" | "in"): void {
  if (phase === "in") line.start();
  if (phase !== "out") return;
  line.stop();
  if (staleTimer) clearTimeout(staleTimer);
  staleTimer = null;
  subscriptions.forget();
  clearWorld();
  resetStatus();
}

useSession.subscribe((session, before) => {
  if (session.phase !== before.phase) follow(session.phase);
});
follow(useSession.getState().phase);

globalThis.addEventListener("online", () => line.hurry());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") line.hurry();
});
