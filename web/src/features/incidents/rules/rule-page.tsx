// One rule: new, copied from another, or known.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { client } from "../../../api/client";
import { type Known, known, meaning } from "../../../api/known";
import { answer } from "../../../api/problem";
import type { AlertRule } from "../../../fleet/nouns";
import { useMay } from "../../../fleet/world";
import { LinkButton } from "../../../parts/order-button";
import { PageHead } from "../../../parts/panel";
import { useDeed } from "../../../parts/use-deed";
import { ruleWord, useAlertWords } from "../../../views/alerts/words";
import { Forbidden, Read } from "../shared/edges";
import { useQuietWords } from "../shared/quiet-words";
import { RemoveButton } from "../shared/remove-button";
import { Tabs } from "../shared/tabs";
import { bodyOf, draftOf, EMPTY, type RuleDraft } from "./draft";
import { RuleForm } from "./rule-form";

const LIST = "/incidents/rules";
const ruleQuery = (id: string) => ({
  queryKey: ["alert-rules", "one", id],
  queryFn: () => known(client.GET("/api/alert-rules/{id}", { params: { path: { id } } })),
  enabled: id !== "",
});

function Making({ first }: { first: RuleDraft }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const making = useDeed();
  const save = (draft: RuleDraft) =>
    void making.run(async () => {
      await answer(client.POST("/api/alert-rules", { body: bodyOf(draft) }));
      await queries.invalidateQueries({ queryKey: ["alert-rules"] });
      void navigate(LIST);
    });
  return <RuleForm first={first} isBusy={making.isBusy} problem={making.problem} onSave={save} onCancel={() => void navigate(LIST)} />;
}

export function NewRulePage() {
  const t = useQuietWords();
  const alertWords = useAlertWords();
  const mayEdit = useMay("editor");
  const [asked] = useSearchParams();
  const from = asked.get("from") ?? "";
  const other = useQuery(ruleQuery(from));
  if (!mayEdit) return <Forbidden />;
  const copyOf = (rule: AlertRule): RuleDraft => ({
    ...draftOf(rule),
    name: t("rules.copyName", { name: ruleWord(alertWords, rule.key, rule.name) }).slice(0, 100),
  });
  return (
    <>
      <Tabs />
      <PageHead title={t("rules.add")} />
      {from === "" ? <Making first={EMPTY} /> : <Read query={other}>{({ thing }) => <Making first={copyOf(thing)} />}</Read>}
    </>
  );
}

function Editing({ found, onReload }: { found: Known<AlertRule>; onReload: () => void }) {
  const rule = found.thing;
  const t = useQuietWords();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const mayEdit = useMay("editor");
  const saving = useDeed();
  // A rule that came with Monitorix keeps its name in every language until somebody gives it another.
  const shown = ruleWord(useAlertWords(), rule.key, rule.name);
  const params = { path: { id: rule.id } };
  const save = (draft: RuleDraft) =>
    void saving.run(async () => {
      const body = bodyOf({ ...draft, name: draft.name === shown ? rule.name : draft.name });
      await answer(client.PUT("/api/alert-rules/{id}", { params: { ...params, ...meaning(found) }, body }));
      await queries.invalidateQueries({ queryKey: ["alert-rules"] });
      void navigate(LIST);
    });
  const actions = mayEdit && (
    <>
      <LinkButton to={`${LIST}/new?from=${rule.id}`}>{t("rules.copy")}</LinkButton>
      <RemoveButton
        word={t("remove")}
        title={t("removeTitle", { name: shown })}
        help={t("rules.removeHelp")}
        queryKey={["alert-rules"]}
        remove={() => answer(client.DELETE("/api/alert-rules/{id}", { params }))}
        after={() => void navigate(LIST)}
      />
    </>
  );
  return (
    <>
      <PageHead title={shown} actions={actions} />
      <RuleForm
        first={{ ...draftOf(rule), name: shown }}
        isBusy={saving.isBusy}
        problem={saving.problem}
        onSave={save}
        onCancel={() => void navigate(LIST)}
        onReload={onReload}
      />
    </>
  );
}

export function RulePage() {
  const { id = "" } = useParams();
  const rule = useQuery(ruleQuery(id));
  return (
    <>
      <Tabs />
      <Read query={rule}>{(found) => <Editing key={`${id} ${found.form}`} found={found} onReload={() => void rule.refetch()} />}</Read>
    </>
  );
}
