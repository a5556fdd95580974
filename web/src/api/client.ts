// The one way to the server's API, typed by the contract. Every call carries the access token; one that is answered
// with 401 renews it once and is sent again. A refusal is data ({error}), only a broken line throws.
import createClient from "openapi-fetch";
import { accessToken, refreshAccess } from "./access";
import type { paths } from "./schema.gen";

/** Routes whose 401 is about what was typed in, not about this session. */
const OPEN = ["/api/auth/login", "/api/auth/register", "/api/auth/refresh", "/api/auth/csrf-token"];

let onSignedOut: () => void = () => undefined;

/** Called when the server no longer knows this session. */
export function whenSignedOut(then: () => void): void {
  onSignedOut = then;
}

async function authorized(request: Request): Promise<Response> {
  if (OPEN.includes(new URL(request.url).pathname)) return fetch(request);
  const again = request.clone();
  const sent = accessToken();
  const first = await fetch(withToken(request, sent));
  if (first.status !== 401) return first;
  // Another call may have renewed it while this one was on its way.
  const renewed = accessToken() !== sent && accessToken() !== null ? "done" : await refreshAccess();
  if (renewed === "done") return fetch(withToken(again, accessToken()));
  if (renewed === "refused") onSignedOut();
  return first;
}

function withToken(request: Request, token: string | null): Request {
  if (token !== null) request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}

export const client = createClient<paths>({
  baseUrl: globalThis.location.origin,
  credentials: "same-origin",
  fetch: authorized,
  querySerializer: { array: { style: "form", explode: true } },
});
