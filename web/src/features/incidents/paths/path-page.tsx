// One escalation path: new, or known.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "react-router";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import type { Escalation } from "../../../fleet/nouns";
import { useMay } from "../../../fleet/world";
import { PageHead } from "../../../parts/panel";
import { useDeed } from "../../../parts/use-deed";
import { Forbidden, Read } from "../shared/edges";
import { useQuietWords } from "../shared/quiet-words";
import { RemoveButton } from "../shared/remove-button";
import { Tabs } from "../shared/tabs";
import { bodyOf, draftOf, EMPTY, type PathDraft } from "./draft";
import { PathForm } from "./path-form";
import { usePathName } from "./use-paths";

const LIST = "/incidents/paths";

export function NewPathPage() {
  const t = useQuietWords();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const mayEdit = useMay("editor");
  const making = useDeed();
  const save = (draft: PathDraft) =>
    void making.run(async () => {
      await answer(client.POST("/api/escalations", { body: bodyOf(draft) }));
      await queries.invalidateQueries({ queryKey: ["escalations"] });
      void navigate(LIST);
    });
  if (!mayEdit) return <Forbidden />;
  return (
    <>
      <Tabs />
      <PageHead title={t("paths.add")} />
      <PathForm first={EMPTY} isBusy={making.isBusy} problem={making.problem} onSave={save} onCancel={() => void navigate(LIST)} />
    </>
  );
}

function Known({ path }: { path: Escalation }) {
  const t = useQuietWords();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const mayEdit = useMay("editor");
  const saving = useDeed();
  const shown = usePathName()(path);
  const params = { path: { id: path.id } };
  const save = (draft: PathDraft) =>
    void saving.run(async () => {
      // The name that came with Monitorix stays one of every language.
      const body = bodyOf({ ...draft, name: draft.name === shown ? path.name : draft.name });
      await answer(client.PUT("/api/escalations/{id}", { params, body }));
      await queries.invalidateQueries({ queryKey: ["escalations"] });
      void navigate(LIST);
    });
  const remove = mayEdit && !path.is_default && (
    <RemoveButton
      word={t("remove")}
      title={t("removeTitle", { name: shown })}
      help={t("paths.removeHelp")}
      queryKey={["escalations"]}
      remove={() => answer(client.DELETE("/api/escalations/{id}", { params }))}
      after={() => void navigate(LIST)}
    />
  );
  return (
    <>
      <PageHead
        title={shown}
        hint={t(path.is_default ? "paths.hintDefault" : "paths.rules", { count: path.rule_count })}
        actions={remove}
      />
      <PathForm
        first={{ ...draftOf(path), name: shown }}
        isBusy={saving.isBusy}
        problem={saving.problem}
        onSave={save}
        onCancel={() => void navigate(LIST)}
      />
    </>
  );
}

export function PathPage() {
  const { id = "" } = useParams();
  const path = useQuery({
    queryKey: ["escalations", "one", id],
    queryFn: () => answer(client.GET("/api/escalations/{id}", { params: { path: { id } } })),
  });
  return (
    <>
      <Tabs />
      <Read query={path}>{(found) => <Known key={`${id} ${found.updated_at}`} path={found} />}</Read>
    </>
  );
}
