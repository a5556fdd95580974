// A server in the place of fetch, answering with the examples of the contract. Each answer can be replaced; what was
// asked is remembered. Nothing of our own code is replaced.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
}

type Reply = Response | { status: number; body?: unknown; headers?: Record<string, string> };
export type Handler = (asked: Asked) => Reply | Promise<Reply>;

/** Vitest runs in web/. */
const folder = resolve(process.cwd(), "../contract/examples");

export function example<T = unknown>(operationId: string): T {
  return JSON.parse(readFileSync(resolve(folder, `${operationId}.json`), "utf8")) as T;
}

const ROUTES: Readonly<Record<string, readonly [operationId: string, status: number]>> = {
  "GET /api/auth/csrf-token": ["getCsrfToken", 200],
  "POST /api/auth/register": ["register", 201],
  "POST /api/auth/login": ["login", 200],
  "POST /api/auth/refresh": ["refresh", 200],
  "GET /api/auth/me": ["getMe", 200],
  "PUT /api/auth/me": ["updateMe", 200],
  "GET /api/auth/password-requirements": ["getPasswordRequirements", 200],
  "GET /api/auth/sessions": ["listSessions", 200],
  "GET /api/api-keys": ["listApiKeys", 200],
  "POST /api/api-keys": ["createApiKey", 201],
  "POST /api/auth/ws-ticket": ["createWsTicket", 200],
  "GET /api/clusters": ["listClusters", 200],
  "POST /api/clusters/probe": ["probeCluster", 200],
  "POST /api/clusters/test": ["testCluster", 200],
  "POST /api/clusters": ["createCluster", 201],
  "GET /api/clusters/:id": ["getCluster", 200],
  "PUT /api/clusters/:id": ["updateCluster", 200],
  "GET /api/clusters/:id/backfill": ["getClusterBackfill", 200],
  "GET /api/clusters/:id/load": ["getClusterLoad", 200],
  "GET /api/clusters/:id/doctor": ["getDoctor", 200],
  "POST /api/clusters/:id/doctor": ["runDoctor", 200],
  "GET /api/clusters/:id/tasks": ["listClusterTasks", 200],
  "GET /api/clusters/:id/endpoints": ["listEndpoints", 200],
  "POST /api/clusters/:id/sync": ["syncCluster", 202],
  "GET /api/vms/:id/timeline": ["listVmTimeline", 200],
  "GET /api/nodes/:id/timeline": ["listNodeTimeline", 200],
  "GET /api/nodes": ["listNodes", 200],
  "GET /api/nodes/:id": ["getNode", 200],
  "GET /api/nodes/:id/services": ["listNodeServices", 200],
  "GET /api/nodes/:id/certificates": ["listNodeCertificates", 200],
  "GET /api/nodes/:id/tasks": ["listNodeTasks", 200],
  "GET /api/vms": ["listVms", 200],
  "GET /api/vms/:id": ["getVm", 200],
  "GET /api/vms/:id/current": ["getVmCurrent", 200],
  "GET /api/backup-servers": ["listBackupServers", 200],
  "GET /api/backup-servers/:id": ["getBackupServer", 200],
  "GET /api/backup-servers/:id/doctor": ["getBackupServerDoctor", 200],
  "GET /api/backups/datastores": ["listDatastores", 200],
  "GET /api/backups/orphans": ["listOrphans", 200],
  "GET /api/backups": ["listBackups", 200],
  "GET /api/backups/coverage": ["listBackupCoverage", 200],
  "GET /api/backups/jobs": ["listBackupJobs", 200],
  "GET /api/backups/summary": ["getBackupSummary", 200],
  "GET /api/vms/:id/inside": ["getVmInside", 200],
  "GET /api/vms/:id/interfaces": ["listVmInterfaces", 200],
  "GET /api/vms/:id/filesystems": ["listVmFilesystems", 200],
  "GET /api/vms/:id/disks": ["listVmDisks", 200],
  "GET /api/vms/:id/snapshots": ["listVmSnapshots", 200],
  "GET /api/storages": ["listStorages", 200],
  "GET /api/storages/:id": ["getStorage", 200],
  "GET /api/users": ["listUsers", 200],
  "POST /api/users": ["createUser", 201],
  "PUT /api/users/:id": ["updateUser", 200],
  "PUT /api/users/:id/toggle-active": ["toggleUserActive", 200],
  "GET /api/audit-logs": ["listAuditLogs", 200],
  "GET /api/settings": ["getSettings", 200],
  "GET /api/settings/history-cost": ["getHistoryCost", 200],
  "GET /api/dashboard/stats": ["getDashboardStats", 200],
  "GET /api/dashboard/top": ["getDashboardTop", 200],
  "GET /api/metrics/series": ["getSeries", 200],
  "GET /api/metrics/names": ["listMetricNames", 200],
  "GET /api/metrics/forecast": ["getForecast", 200],
  "GET /api/vms/:id/uptime": ["getVmUptime", 200],
  "GET /api/nodes/:id/uptime": ["getNodeUptime", 200],
  "GET /api/system-metrics/current": ["getSystemMetrics", 200],
  "GET /api/version": ["getVersion", 200],
  "GET /health": ["getHealth", 200],
};

const EMPTY = ["POST /api/auth/logout", "PUT /api/auth/change-password", "DELETE "];

export class FakeServer {
  readonly asked: Asked[] = [];
  private readonly own = new Map<string, Handler>();
  private before: typeof fetch | null = null;

  /** Takes the place of fetch until stop(). */
  start(): this {
    this.before = globalThis.fetch;
    globalThis.fetch = (input, init) => this.answer(new Request(input, init));
    return this;
  }

  stop(): void {
    if (this.before) globalThis.fetch = this.before;
    this.before = null;
  }

  /** on("POST /api/auth/login", ...); a path may hold :id. */
  on(route: string, handler: Handler): this {
    this.own.set(route, handler);
    return this;
  }

  asks(route: string): Asked[] {
    return this.asked.filter((one) => isRoute(route, one));
  }

  private async answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const text = await request.text();
    const asked: Asked = {
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: text === "" ? null : (JSON.parse(text) as unknown),
    };
    this.asked.push(asked);
    for (const [route, handler] of this.own) if (isRoute(route, asked)) return responseOf(await handler(asked));
    const known = Object.entries(ROUTES).find(([route]) => isRoute(route, asked))?.[1];
    if (known) return responseOf({ status: known[1], body: example(known[0]) });
    if (EMPTY.some((start) => `${asked.method} ${asked.path}`.startsWith(start))) return responseOf({ status: 204 });
    return responseOf(problem(404, "not_found", "there is no such route"));
  }
}

function isRoute(route: string, asked: Asked): boolean {
  const [method, path] = route.split(" ") as [string, string];
  return method === asked.method && new RegExp(`^${path.replaceAll(/:\w+/g, "[^/]+")}$`).test(asked.path);
}

function responseOf(reply: Reply): Response {
  if (reply instanceof Response) return reply;
  const type = reply.status >= 400 ? "application/problem+json" : "application/json";
  const body = reply.body === undefined ? null : JSON.stringify(reply.body);
  return new Response(body, { status: reply.status, headers: { "Content-Type": type, ...reply.headers } });
}

/** A refusal as the server words it. */
export function problem(
  status: number,
  code: string,
  detail: string,
  errors?: readonly { field: string; code: string; message: string }[],
) {
  const body = { type: `https://monitorix/problems/${code}`, title: code, status, detail, instance: "", code, request_id: "r1" };
  return { status, body: errors ? { ...body, errors } : body };
}
