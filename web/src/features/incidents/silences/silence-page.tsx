// One silence: new, filled in from an alert or an older one, or changed.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { client } from "../../../api/client";
import { type Known, known, meaning } from "../../../api/known";
import { answer } from "../../../api/problem";
import type { Silence } from "../../../fleet/nouns";
import { useMay } from "../../../fleet/world";
import { PageHead } from "../../../parts/panel";
import { useDeed } from "../../../parts/use-deed";
import { Forbidden, Read } from "../shared/edges";
import { ownZone } from "../shared/local-time";
import { useQuietWords } from "../shared/quiet-words";
import { Tabs } from "../shared/tabs";
import { againOf, bodyOf, changesOf, draftOf, emptyDraft, matchersIn, type SilenceDraft } from "./draft";
import { SilenceForm } from "./silence-form";

const LIST = "/incidents/silences";

const silenceQuery = (id: string) => ({
  queryKey: ["silences", "one", id],
  queryFn: () => known(client.GET("/api/silences/{id}", { params: { path: { id } } })),
  enabled: id !== "",
});

function Making({ first }: { first: SilenceDraft }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const making = useDeed();
  const save = (draft: SilenceDraft) =>
    void making.run(async () => {
      await answer(client.POST("/api/silences", { body: bodyOf(draft, Date.now(), ownZone()) }));
      await queries.invalidateQueries({ queryKey: ["silences"] });
      void navigate(LIST);
    });
  return <SilenceForm first={first} isBusy={making.isBusy} problem={making.problem} onSave={save} onCancel={() => void navigate(LIST)} />;
}

export function NewSilencePage() {
  const t = useQuietWords();
  const mayAct = useMay("operator");
  const [asked] = useSearchParams();
  const from = asked.get("from") ?? "";
  const older = useQuery(silenceQuery(from));
  if (!mayAct) return <Forbidden />;
  return (
    <>
      <Tabs />
      <PageHead title={t("silences.add")} />
      {from === "" ? (
        <Making first={emptyDraft(matchersIn(asked))} />
      ) : (
        <Read query={older}>{({ thing }) => <Making first={againOf(thing)} />}</Read>
      )}
    </>
  );
}

function Editing({ found, onReload }: { found: Known<Silence>; onReload: () => void }) {
  const silence = found.thing;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const saving = useDeed();
  const save = (draft: SilenceDraft) =>
    void saving.run(async () => {
      const body = changesOf(draft, silence, Date.now(), ownZone());
      await answer(client.PUT("/api/silences/{id}", { params: { path: { id: silence.id }, ...meaning(found) }, body }));
      await queries.invalidateQueries({ queryKey: ["silences"] });
      void navigate(LIST);
    });
  return (
    <SilenceForm
      first={draftOf(silence, ownZone())}
      isSnooze={silence.alert_id !== null}
      isBusy={saving.isBusy}
      problem={saving.problem}
      onSave={save}
      onCancel={() => void navigate(LIST)}
      onReload={onReload}
    />
  );
}

export function SilencePage() {
  const { id = "" } = useParams();
  const t = useQuietWords();
  const mayAct = useMay("operator");
  const silence = useQuery(silenceQuery(id));
  if (!mayAct) return <Forbidden />;
  return (
    <>
      <Tabs />
      <PageHead title={t("silences.change")} />
      <Read query={silence}>{(found) => <Editing key={found.form} found={found} onReload={() => void silence.refetch()} />}</Read>
    </>
  );
}
