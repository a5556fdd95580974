// For tests: a page as a person sees it, with the world of contract/examples and a network that answers from there.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import { createInstance } from "i18next";
import type { ReactElement } from "react";
import { I18nextProvider, initReactI18next } from "react-i18next";
import { createMemoryRouter, RouterProvider } from "react-router";
import { vi } from "vitest";
import me from "../../../contract/examples/getMe.json";
import clusters from "../../../contract/examples/listClusters.json";
import nodes from "../../../contract/examples/listNodes.json";
import services from "../../../contract/examples/listServices.json";
import storages from "../../../contract/examples/listStorages.json";
import vms from "../../../contract/examples/listVms.json";
import { type Me, useSession } from "../api/session";
import type { Cluster, Incident, Node, Service, Storage, Vm } from "../fleet/nouns";
import alertWords from "../i18n/en/alerts.json";
import channelWords from "../i18n/en/channels.json";
import words from "../i18n/en/fleet.json";
import quietWords from "../i18n/en/quiet.json";
import serviceWords from "../i18n/en/services.json";
import { setPhase } from "../live/status";
import { useWorld } from "../live/world";

export const exampleClusters = clusters.items as Cluster[];
export const exampleNodes = nodes as Node[];
export const exampleVms = vms as Vm[];
export const exampleServices = services as Service[];
export const exampleStorages = storages.items as Storage[];

const byId = <T extends { id: string }>(all: readonly T[]): Map<string, T> => new Map(all.map((one) => [one.id, one]));

export interface FleetOfTest {
  clusters?: readonly Cluster[];
  nodes?: readonly Node[];
  vms?: readonly Vm[];
  storages?: readonly Storage[];
  services?: readonly Service[];
  incidents?: readonly Incident[];
}

/** The world as if its streams had arrived; the person who looks is an administrator. */
export function fillWorld(fleet: FleetOfTest = {}): void {
  for (const stream of ["overview", "clusters", "nodes", "vms", "storages", "services", "incidents"] as const) setPhase(stream, "ready");
  useSession.setState({ me: me as Me });
  const { vmMembership, serviceMembership } = useWorld.getState();
  useWorld.setState({
    clusters: byId(fleet.clusters ?? exampleClusters),
    nodes: byId(fleet.nodes ?? exampleNodes),
    vms: byId(fleet.vms ?? exampleVms),
    storages: byId(fleet.storages ?? exampleStorages),
    services: byId(fleet.services ?? exampleServices),
    incidents: byId(fleet.incidents ?? []),
    vmMembership: vmMembership + 1,
    serviceMembership: serviceMembership + 1,
  });
}

/** What the network answers: "GET /api/..." without the query, to a body, or to a problem with its status. */
export type Answers = Record<string, { status?: number; body: unknown; headers?: Record<string, string> }>;

export interface Sent {
  what: string;
  url: string;
  body: unknown;
  headers: Headers;
}

export function fakeNetwork(answers: Answers): Sent[] {
  const sent: Sent[] = [];
  vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = input instanceof Request ? input : new Request(new URL(String(input), "http://localhost"), init);
    const what = `${request.method} ${new URL(request.url).pathname}`;
    const text = await request.clone().text();
    sent.push({ what, url: request.url, body: text ? JSON.parse(text) : null, headers: request.headers });
    const answer = answers[what];
    const status = answer?.status ?? (answer ? 200 : 404);
    const body = answer?.body ?? { code: "not_found", detail: `no answer for ${what}`, status: 404 };
    const kind = status >= 400 ? "application/problem+json" : "application/json";
    return new Response(status === 204 ? null : JSON.stringify(body), { status, headers: { "content-type": kind, ...answer?.headers } });
  });
  return sent;
}

const i18n = createInstance();
void i18n.use(initReactI18next).init({
  lng: "en",
  ns: ["fleet", "services", "channels", "alerts", "quiet"],
  defaultNS: "fleet",
  resources: { en: { fleet: words, services: serviceWords, channels: channelWords, alerts: alertWords, quiet: quietWords } },
  interpolation: { escapeValue: false },
});

export function renderFleet(page: ReactElement, path = "/", pattern = "/") {
  const routes = [
    { path: pattern, element: page },
    { path: "*", element: <p>elsewhere</p> },
  ];
  const router = createMemoryRouter(routes, { initialEntries: [path] });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const shown = render(
    <I18nextProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nextProvider>,
  );
  return { ...shown, router };
}
