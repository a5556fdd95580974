// How safe the guests are: a line that sums up, what is not safe first, then the jobs and the last runs.
import { useDeferredValue, useMemo } from "react";
import { COVERAGE_STATES, coverageLook, useBackupJobs, useBackupRuns, useBackupSummary, useCoverage } from "../../fleet/backups";
import type { BackupCoverage, BackupSummary, CoverageState } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useWords } from "../../fleet/words";
import { useNames, useStream } from "../../fleet/world";
import { Answered, Edges, EmptyNote, Skeleton } from "../../parts/edges";
import { Notice, PageHead, Panel, PanelGrid } from "../../parts/panel";
import { Shape } from "../../parts/state-mark";
import { BackupRuns } from "../../views/backup-runs";
import { useAddress } from "../../views/finder/use-asked";
import styles from "./backups-page.module.css";
import { CoverageGrid } from "./coverage-grid";
import { JobTable } from "./job-table";
import { Orphans } from "./orphans";
import { Datastores, Servers } from "./servers";

function useAsked() {
  const { params, put } = useAddress();
  return { line: params.get("q") ?? "", state: params.get("state") ?? "", put };
}

export function found(all: readonly BackupCoverage[], line: string, state: string): readonly BackupCoverage[] {
  const words = line.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && !state) return all;
  return all.filter(
    (one) => (!state || one.state === state) && words.every((word) => one.name.toLowerCase().includes(word) || String(one.vmid) === word),
  );
}

/** What the token may not read, and the price of letting it. */
function Unreadable({ summary }: { summary: BackupSummary }) {
  const t = useWords();
  const names = useNames().clusters;
  const denied = (what: "jobs" | "tasks") =>
    summary.clusters
      .filter((one) => one[what] === "denied")
      .map((one) => names[one.cluster_id] ?? one.cluster_id)
      .join(", ");
  return (
    <>
      {(["jobs", "tasks"] as const).map(
        (what) =>
          denied(what) && (
            <Notice key={what} tone="warn">
              {t(`backups.denied.${what}`, { clusters: denied(what) })}
            </Notice>
          ),
      )}
    </>
  );
}

interface ChipsProps {
  summary: BackupSummary;
  state: string;
  onState: (state: string) => void;
}

function Chips({ summary, state, onState }: ChipsProps) {
  const t = useWords();
  const numbers = useNumbers();
  const shown = COVERAGE_STATES.filter((one) => summary[one] > 0 || one === state);
  return (
    <div className={styles.chips}>
      {shown.map((one: CoverageState) => (
        <button
          key={one}
          type="button"
          className={styles.chip}
          aria-pressed={state === one}
          onClick={() => onState(state === one ? "" : one)}
        >
          <Shape tone={coverageLook(one).tone} /> {t(coverageLook(one).word)} <b>{numbers.count(summary[one])}</b>
        </button>
      ))}
      {summary.running > 0 && <span className={styles.running}>{t("backups.running", { count: summary.running })}</span>}
    </div>
  );
}

function Guests({ summary }: { summary: BackupSummary }) {
  const t = useWords();
  const { line, state, put } = useAsked();
  const coverage = useCoverage();
  const wanted = useDeferredValue(line);
  const rows = useMemo(() => found(coverage.data ?? [], wanted, state), [coverage.data, wanted, state]);
  return (
    <>
      <Unreadable summary={summary} />
      <div className={styles.bar}>
        <input
          type="search"
          className={styles.search}
          aria-label={t("backups.search")}
          placeholder={t("backups.search")}
          value={line}
          onChange={(event) => put("q", event.target.value)}
        />
        <Chips summary={summary} state={state} onState={(next) => put("state", next)} />
      </div>
      {coverage.isLoading ? (
        <Skeleton />
      ) : coverage.data === undefined ? (
        <EmptyNote title={t("edge.failed")} detail={t("edge.failedDetail")} />
      ) : coverage.data.length === 0 ? (
        <EmptyNote title={t("backups.empty")} detail={t("backups.emptyDetail")} connect />
      ) : rows.length === 0 ? (
        <EmptyNote
          title={t("guests.noMatch")}
          action={{
            word: t("guests.clear"),
            run: () => {
              put("q", "");
              put("state", "");
            },
          }}
        />
      ) : (
        <CoverageGrid rows={rows} />
      )}
    </>
  );
}

export function BackupsPage() {
  const t = useWords();
  const stream = useStream("clusters", "storages");
  const summary = useBackupSummary();
  const jobs = useBackupJobs();
  const runs = useBackupRuns(null);
  const unsafe = summary.data && summary.data.failed + summary.data.no_job + summary.data.never + summary.data.late;
  const hint = unsafe !== undefined && (unsafe > 0 ? t("backups.unsafe", { count: unsafe }) : t("backups.allSafe"));
  return (
    <>
      <PageHead title={t("backups.title")} hint={hint} />
      <Edges stream={stream}>
        <Answered answer={summary}>{(answer) => <Guests summary={answer} />}</Answered>
        <PanelGrid>
          <Panel title={t("backups.jobs")} wide>
            <Answered answer={jobs}>{(answer) => <JobTable jobs={answer.items} />}</Answered>
          </Panel>
          <Servers />
          <Datastores server={null} />
          <Orphans />
          <Panel title={t("backups.runs")} wide>
            <Answered answer={runs}>{(answer) => <BackupRuns runs={answer.items} ofFleet />}</Answered>
          </Panel>
        </PanelGrid>
      </Edges>
    </>
  );
}
