// Backups as asked of the server: how each guest fares, jobs and runs, and the looks of their states.
import { useQuery } from "@tanstack/react-query";
import { client } from "../api/client";
import { type Answer, useAnswer } from "./ask";
import { CONNECTION, type Look, type Tone } from "./look";
import type { BackupCoverage, BackupRun, BackupServer, BackupServerJob, CoverageState } from "./nouns";

const EVERY_MS = 30_000;
const MOST_PAGES = 20;

/** The worst first, as the server sorts them. */
export const COVERAGE_STATES: readonly CoverageState[] = [
  "failed",
  "no_job",
  "never",
  "late",
  "excluded_disk",
  "unknown",
  "ok",
  "not_needed",
  "archived",
];

const TONES: Record<CoverageState, Tone> = {
  failed: "crit",
  no_job: "crit",
  never: "crit",
  late: "warn",
  excluded_disk: "warn",
  unknown: "unknown",
  ok: "ok",
  not_needed: "off",
  archived: "off",
};

export const coverageLook = (state: CoverageState): Look => ({ tone: TONES[state], word: `backups.state.${state}` });

const RESULTS: Record<BackupRun["result"], Tone> = { ok: "ok", warning: "warn", failed: "crit", unknown: "unknown" };
export const resultLook = (result: BackupRun["result"]): Look => ({ tone: RESULTS[result], word: `backups.result.${result}` });

/** All guests: the pages of the list one after the other. */
export function useCoverage() {
  return useQuery({
    queryKey: ["fleet", "backup-coverage"],
    refetchInterval: EVERY_MS,
    queryFn: async () => {
      const all: BackupCoverage[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < MOST_PAGES; ++page) {
        const reply: Awaited<ReturnType<typeof askPage>> = await askPage(cursor);
        if (!reply.data) throw new Error(String(reply.response.status));
        all.push(...reply.data.items);
        cursor = reply.data.next_cursor;
        if (cursor === null) break;
      }
      return all;
    },
  });
}

const askPage = (cursor: string | null) =>
  client.GET("/api/backups/coverage", { params: { query: { limit: 1000, ...(cursor && { cursor }) } } });

export const useBackupSummary = () => useAnswer(["backup-summary"], () => client.GET("/api/backups/summary"), EVERY_MS);
export const useBackupJobs = () =>
  useAnswer(["backup-jobs"], () => client.GET("/api/backups/jobs", { params: { query: { limit: 1000, sort: "next_run_at" } } }), EVERY_MS);

type Runs = Answer<{ items: BackupRun[] }>;
/** Of one guest, or of the whole fleet. */
export const useBackupRuns = (vm: string | null): Runs =>
  useAnswer(
    ["backup-runs", vm ?? ""],
    () => client.GET("/api/backups", { params: { query: { limit: vm ? 20 : 50, ...(vm && { vm_id: [vm] }) } } }),
    EVERY_MS,
  );
export const useGuestCoverage = (vm: string) =>
  useAnswer(["backup-coverage", vm], () => client.GET("/api/backups/coverage", { params: { query: { vm_id: [vm] } } }), EVERY_MS);

export const useBackupServers = () => useAnswer(["backup-servers"], () => client.GET("/api/backup-servers"), 10_000);
export const useBackupServer = (id: string) =>
  useAnswer(["backup-server", id], () => client.GET("/api/backup-servers/{id}", { params: { path: { id } } }), 10_000);
export const useDatastores = (server: string | null) =>
  useAnswer(
    ["datastores", server ?? ""],
    () => client.GET("/api/backups/datastores", { params: { query: { limit: 1000, ...(server && { server_id: [server] }) } } }),
    EVERY_MS,
  );
export const useOrphans = () =>
  useAnswer(["backup-orphans"], () => client.GET("/api/backups/orphans", { params: { query: { limit: 1000 } } }), EVERY_MS);

export const serverLook = (server: BackupServer): Look =>
  server.powerless && server.state !== "paused"
    ? { tone: "warn", word: "cluster.state.powerless" }
    : { tone: CONNECTION[server.state], word: `cluster.state.${server.state}` };

const VERIFIED = { ok: "ok", failed: "crit", none: "off" } as const satisfies Record<string, Tone>;
export const verifyLook = (state: keyof typeof VERIFIED): Look => ({ tone: VERIFIED[state], word: `servers.verified.${state}` });

export const jobLook = (job: BackupServerJob): Look => resultLook(job.result);
