// What is asked now and then rather than streamed: keys and fetchers for react-query.
import { queryOptions } from "@tanstack/react-query";
import { client } from "./client";
import { answer, type Reply } from "./problem";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type User = Schemas["User"];
export type AuditEntry = Schemas["AuditEntry"];
export type SessionEntry = Schemas["Session"];
export type ApiKey = Schemas["ApiKey"];
export type ApiKeyScope = Schemas["ApiKeyScope"];

export interface AuditFilter {
  days: number;
  action: string;
  resource_type: string;
  user_id: string;
  /** null = both */
  success: boolean | null;
}

export const versionQuery = queryOptions({
  queryKey: ["version"],
  queryFn: () => answer(client.GET("/api/version")),
  staleTime: 60_000,
});

export const passwordQuery = queryOptions({
  queryKey: ["password-requirements"],
  queryFn: () => answer(client.GET("/api/auth/password-requirements")),
  staleTime: Number.POSITIVE_INFINITY,
});

export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: () => answer(client.GET("/api/auth/sessions", { params: { query: { limit: 1000 } } })),
});

export const keysQuery = queryOptions({
  queryKey: ["api-keys"],
  queryFn: async () => (await answer(client.GET("/api/api-keys", { params: { query: { limit: 1000 } } }))).items,
});

export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: () => everyPage((cursor) => client.GET("/api/users", { params: { query: { limit: 1000, ...(cursor && { cursor }) } } })),
});

export const clustersQuery = queryOptions({
  queryKey: ["clusters"],
  queryFn: async () => (await answer(client.GET("/api/clusters", { params: { query: { limit: 1000 } } }))).items,
});

export const openApiQuery = queryOptions({
  queryKey: ["openapi"],
  queryFn: () => answer(client.GET("/api/openapi.json")),
  staleTime: Number.POSITIVE_INFINITY,
});

export interface AuditPart {
  items: AuditEntry[];
  next: string | null;
}

export const AUDIT_KEY = "audit";

export async function fetchAudit(filter: AuditFilter, cursor: string | null): Promise<AuditPart> {
  const reply = await client.GET("/api/audit-logs", {
    params: {
      query: {
        days: filter.days,
        limit: 50,
        ...(filter.action && { action: filter.action }),
        ...(filter.resource_type && { resource_type: filter.resource_type }),
        ...(filter.user_id && { user_id: filter.user_id }),
        ...(filter.success !== null && { success: filter.success }),
        ...(cursor && { cursor }),
      },
    },
  });
  const items = await answer(Promise.resolve(reply));
  return { items, next: reply.response.headers.get("X-Next-Cursor") };
}

/** A whole list that comes in pages as bare arrays. */
async function everyPage<T>(ask: (cursor: string | null) => Promise<Reply<T[]>>): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const reply: Reply<T[]> = await ask(cursor);
    all.push(...(await answer(Promise.resolve(reply))));
    cursor = reply.response.headers.get("X-Next-Cursor");
  } while (cursor);
  return all;
}
