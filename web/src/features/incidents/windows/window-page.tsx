// One maintenance window, new or known.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import type { MaintenanceWindow } from "../../../fleet/nouns";
import { useMay } from "../../../fleet/world";
import { PageHead } from "../../../parts/panel";
import { useDeed } from "../../../parts/use-deed";
import { Forbidden, Read } from "../shared/edges";
import { ownZone } from "../shared/local-time";
import { useQuietWords } from "../shared/quiet-words";
import { RemoveButton } from "../shared/remove-button";
import { Tabs } from "../shared/tabs";
import { bodyOf, draftOf, emptyDraft, type WindowDraft } from "./draft";
import { WindowForm } from "./window-form";

const LIST = "/incidents/maintenance";

export function NewWindowPage() {
  const t = useQuietWords();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const mayAct = useMay("operator");
  const [asked] = useSearchParams();
  const asQuiet = asked.get("for") === "quiet";
  const making = useDeed();
  const save = (draft: WindowDraft) =>
    void making.run(async () => {
      await answer(client.POST("/api/maintenance-windows", { body: bodyOf(draft) }));
      await queries.invalidateQueries({ queryKey: ["windows"] });
      void navigate(LIST);
    });
  if (!mayAct) return <Forbidden />;
  return (
    <>
      <Tabs />
      <PageHead title={t(asQuiet ? "windows.addQuiet" : "windows.add")} />
      <WindowForm
        key={String(asQuiet)}
        first={emptyDraft(Date.now(), ownZone())}
        asQuiet={asQuiet}
        bodyFor={(draft) => bodyOf(draft)}
        isBusy={making.isBusy}
        problem={making.problem}
        onSave={save}
        onCancel={() => void navigate(LIST)}
      />
    </>
  );
}

function Editing({ window }: { window: MaintenanceWindow }) {
  const t = useQuietWords();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const saving = useDeed();
  const params = { path: { id: window.id } };
  const save = (draft: WindowDraft) =>
    void saving.run(async () => {
      await answer(client.PUT("/api/maintenance-windows/{id}", { params, body: bodyOf(draft, window) }));
      await queries.invalidateQueries({ queryKey: ["windows"] });
      void navigate(LIST);
    });
  const remove = (
    <RemoveButton
      word={t("remove")}
      title={t("removeTitle", { name: window.name })}
      help={t("windows.removeHelp")}
      queryKey={["windows"]}
      remove={() => answer(client.DELETE("/api/maintenance-windows/{id}", { params }))}
      after={() => void navigate(LIST)}
    />
  );
  return (
    <>
      <PageHead title={window.name} hint={t("windows.by", { name: window.created_by })} actions={remove} />
      <WindowForm
        first={draftOf(window)}
        bodyFor={(draft) => bodyOf(draft, window)}
        isBusy={saving.isBusy}
        problem={saving.problem}
        onSave={save}
        onCancel={() => void navigate(LIST)}
      />
    </>
  );
}

export function WindowPage() {
  const { id = "" } = useParams();
  const mayAct = useMay("operator");
  const window = useQuery({
    queryKey: ["windows", "one", id],
    queryFn: () => answer(client.GET("/api/maintenance-windows/{id}", { params: { path: { id } } })),
  });
  if (!mayAct) return <Forbidden />;
  return (
    <>
      <Tabs />
      <Read query={window}>{(found) => <Editing key={found.updated_at} window={found} />}</Read>
    </>
  );
}
