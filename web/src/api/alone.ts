// One deed at a time among all tabs of this browser. Where the page has Web Locks they do it. Over plain HTTP beyond
// this machine it has none; there a lease in localStorage stands in: who wants it writes its name, lets the other tabs'
// writes settle, and has it when the name still stands. A tab that died loses it when the lease runs out.

const KEY = "monitorix-refresh-lease";
const LEASE_MS = 6000;
const RENEW_MS = 1500;
/** How long a write of another tab may take to be seen here. */
const SETTLE_MS = 60;
const PAUSE_MS = 50;

interface Lease {
  holder: string;
  until: number;
}

export async function alone<T>(deed: () => Promise<T>): Promise<T> {
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  if (locks) return await locks.request("monitorix-refresh", deed);
  return await withLease(deed);
}

export async function withLease<T>(deed: () => Promise<T>): Promise<T> {
  const own = Array.from(crypto.getRandomValues(new Uint32Array(2))).join("-");
  if (!put(own)) return await deed();
  while (!(await wasGranted(own))) await calm(PAUSE_MS);
  const renewing = setInterval(() => put(own), RENEW_MS);
  try {
    return await deed();
  } finally {
    clearInterval(renewing);
    if (lease()?.holder === own) localStorage.removeItem(KEY);
  }
}

async function wasGranted(own: string): Promise<boolean> {
  const present = lease();
  if (present && present.holder !== own) return false;
  put(own);
  await calm(SETTLE_MS);
  return lease()?.holder === own;
}

/** The lease that counts: one that ran out, or that a clock set back made endless, counts as none. */
function lease(): Lease | null {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "null") as Partial<Lease> | null;
    if (typeof found?.holder !== "string" || typeof found.until !== "number") return null;
    const left = found.until - Date.now();
    return left > 0 && left <= LEASE_MS ? { holder: found.holder, until: found.until } : null;
  } catch {
    return null;
  }
}

/** Writes the name unless another holds the lease; false when this browser stores nothing for us. */
function put(own: string): boolean {
  try {
    const present = lease();
    if (!present || present.holder === own) localStorage.setItem(KEY, JSON.stringify({ holder: own, until: Date.now() + LEASE_MS }));
    return true;
  } catch {
    return false;
  }
}

const calm = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));
