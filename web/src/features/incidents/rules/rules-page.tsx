// The rules: what each watches, from when it is how bad, and whether it is in use.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import type { AlertRule } from "../../../fleet/nouns";
import { useNumbers } from "../../../fleet/numbers";
import { useMay } from "../../../fleet/world";
import { Skeleton, Unread } from "../../../parts/edges";
import { LinkButton } from "../../../parts/order-button";
import { PageHead, Panel } from "../../../parts/panel";
import { type Column, Table } from "../../../parts/table";
import { useDeed } from "../../../parts/use-deed";
import { measured, ruleWord, useAlertWords } from "../../../views/alerts/words";
import { SeverityMark } from "../shared/marks";
import { useQuietWords } from "../shared/quiet-words";
import shared from "../shared/shared.module.css";
import { Tabs } from "../shared/tabs";
import { SIGNS } from "./levels";

function Switch({ rule, name }: { rule: AlertRule; name: string }) {
  const t = useAlertWords();
  const queries = useQueryClient();
  const saving = useDeed();
  const put = (is_active: boolean) =>
    void saving.run(async () => {
      await answer(client.PUT("/api/alert-rules/{id}", { params: { path: { id: rule.id } }, body: { is_active } }));
      await queries.invalidateQueries({ queryKey: ["alert-rules"] });
    });
  return (
    <>
      <input
        type="checkbox"
        aria-label={t("ruleUse", { name })}
        checked={rule.is_active}
        disabled={saving.isBusy}
        onChange={(event) => put(event.target.checked)}
      />
      {saving.problem && <span role="alert"> {saving.problem.detail || t("fleet:edge.failed")}</span>}
    </>
  );
}

/** From when it is how bad; a rule about a state takes what was reported. */
function Levels({ rule }: { rule: AlertRule }) {
  const t = useAlertWords();
  const numbers = useNumbers();
  if (rule.levels.length === 0) return rule.severity ? <SeverityMark severity={rule.severity} /> : t("asReported");
  return (
    <>
      {rule.levels.map((level) => (
        <span key={level.severity} className={shared.level}>
          <SeverityMark severity={level.severity} /> {rule.operator && SIGNS[rule.operator]}{" "}
          {measured(numbers, rule.metric_type, level.threshold)}
        </span>
      ))}
    </>
  );
}

export function RulesPage() {
  const t = useAlertWords();
  const numbers = useNumbers();
  const quiet = useQuietWords();
  const mayEdit = useMay("editor");
  const rules = useQuery({
    queryKey: ["alert-rules"],
    queryFn: () => answer(client.GET("/api/alert-rules", { params: { query: { limit: 1000 } } })),
    refetchInterval: 15_000,
  });
  const nameOf = (rule: AlertRule) => ruleWord(t, rule.key, rule.name);
  const columns: readonly Column<AlertRule>[] = [
    {
      key: "name",
      title: t("fleet:field.name"),
      cell: (rule) => <Link to={`/incidents/rules/${rule.id}`}>{nameOf(rule)}</Link>,
      by: nameOf,
    },
    { key: "levels", title: t("severityTitle"), wideOnly: true, cell: (rule) => <Levels rule={rule} /> },
    {
      key: "open",
      title: t("state.firing"),
      right: true,
      wideOnly: true,
      cell: (rule) => numbers.count(rule.open_alert_count),
      by: (rule) => rule.open_alert_count,
    },
    {
      key: "last",
      title: t("ruleLast"),
      wideOnly: true,
      cell: (rule) => numbers.ago(rule.last_triggered),
      by: (rule) => rule.last_triggered,
    },
    {
      key: "use",
      title: t("ruleInUse"),
      right: true,
      cell: (rule) => (mayEdit ? <Switch rule={rule} name={nameOf(rule)} /> : t(rule.is_active ? "fleet:yes" : "fleet:no")),
    },
  ];
  const body = () => {
    if (rules.isLoading) return <Skeleton />;
    if (!rules.data) return <Unread error={rules.error} retry={rules.refetch} />;
    return (
      <Panel title={t("tab.rules")} isBare>
        <Table
          label={t("tab.rules")}
          rows={rules.data}
          columns={columns}
          rowKey={(rule) => rule.id}
          empty={t("noneFits")}
          first={{ key: "name", down: false }}
        />
      </Panel>
    );
  };
  return (
    <>
      <PageHead
        title={t("tab.rules")}
        hint={t("rulesHint")}
        actions={mayEdit && <LinkButton to="/incidents/rules/new">{quiet("rules.add")}</LinkButton>}
      />
      <Tabs />
      {body()}
    </>
  );
}
