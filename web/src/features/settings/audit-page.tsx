import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { AUDIT_KEY, type AuditFilter, fetchAudit, usersQuery } from "../../api/queries";
import { useMay } from "../../api/session";
import { useAccountWords } from "../../parts/account-words";
import { Field, SelectField } from "../../parts/field";
import { Button } from "../../ui/button";
import { useAddress } from "../../views/finder/use-address";
import { Asked } from "./asked";
import { AuditTable } from "./audit-table";
import styles from "./settings.module.css";

const DAYS = ["1", "7", "30", "90", "365"];
const KINDS = ["session", "user", "cluster", "endpoint", "node", "vm", "settings"];

/** Who did what, newest first; the filters live in the address. */
export function AuditPage() {
  const say = useAccountWords();
  const isAdmin = useMay("admin");
  return (
    <div className={styles.page}>
      <h1>{say("audit.title")}</h1>
      {isAdmin ? <AuditList /> : <p>{say("problem.forbidden")}</p>}
    </div>
  );
}

function AuditList() {
  const say = useAccountWords();
  const [asked] = useSearchParams();
  const filter = readFilter(asked);
  const audit = useInfiniteQuery({
    queryKey: [AUDIT_KEY, filter],
    queryFn: ({ pageParam }) => fetchAudit(filter, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });
  const entries = audit.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <AuditFilters />
      <section className={styles.panel} aria-label={say("audit.title")}>
        {audit.data ? (
          <AuditTable entries={entries} />
        ) : (
          <Asked isLoading={audit.isLoading} error={audit.error} retry={() => void audit.refetch()} />
        )}
        {audit.hasNextPage ? (
          <Button disabled={audit.isFetching} onClick={() => void audit.fetchNextPage()}>
            {say("audit.more")}
          </Button>
        ) : null}
      </section>
    </>
  );
}

function AuditFilters() {
  const say = useAccountWords();
  const [asked] = useSearchParams();
  const users = useQuery(usersQuery);
  const all = { value: "", label: say("audit.all") };
  const put = useAddress();
  return (
    <section className={styles.filters} aria-label={say("audit.filters")}>
      <SelectField
        label={say("audit.period")}
        value={asked.get("days") ?? "7"}
        choices={DAYS.map((value) => ({ value, label: say("audit.days", { count: Number(value) }) }))}
        onText={(value) => put("days", value)}
      />
      <SelectField
        label={say("audit.who")}
        value={asked.get("user") ?? ""}
        choices={[all, ...(users.data ?? []).map((user) => ({ value: user.id, label: user.username }))]}
        onText={(value) => put("user", value)}
      />
      <SelectField
        label={say("audit.kind")}
        value={asked.get("kind") ?? ""}
        choices={[all, ...KINDS.map((value) => ({ value, label: say(`audit.kinds.${value}`) }))]}
        onText={(value) => put("kind", value)}
      />
      <SelectField
        label={say("audit.result")}
        value={asked.get("success") ?? ""}
        choices={[all, { value: "true", label: say("audit.done") }, { value: "false", label: say("audit.refused") }]}
        onText={(value) => put("success", value)}
      />
      <Field
        label={say("audit.action")}
        value={asked.get("action") ?? ""}
        onText={(value) => put("action", value)}
        spellCheck={false}
        autoCapitalize="none"
      />
    </section>
  );
}

function readFilter(asked: URLSearchParams): AuditFilter {
  const days = asked.get("days") ?? "7";
  const success = asked.get("success");
  return {
    days: DAYS.includes(days) ? Number(days) : 7,
    user_id: asked.get("user") ?? "",
    resource_type: asked.get("kind") ?? "",
    action: asked.get("action") ?? "",
    success: success === null ? null : success === "true",
  };
}
