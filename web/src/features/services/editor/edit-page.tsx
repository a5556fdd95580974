// A new service, or another look at one: the form around its two ways to be saved.
import { useState } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import type { Service } from "../../../fleet/nouns";
import { useServiceWords } from "../../../fleet/services/words";
import { type Subject, useService } from "../../../fleet/services/world";
import { useMay, useStream } from "../../../fleet/world";
import { Edges, EmptyNote, Gone } from "../../../parts/edges";
import { PageHead, Panel } from "../../../parts/panel";
import { useDeed } from "../../../parts/use-deed";
import { PushLines } from "../../../views/services/push-lines";
import { bodyOf, type Draft, draftOf, freshDraft } from "./draft";
import { TYPES } from "./fields";
import { ServiceForm } from "./service-form";

function Forbidden() {
  const t = useServiceWords();
  return <EmptyNote title={t("fleet:edge.forbidden")} detail={t("fleet:edge.forbiddenDetail")} />;
}

const SUBJECT_NAMES = { vm_id: "vm", node_id: "node", cluster_id: "cluster", storage_id: "storage" } as const;

function subjectIn(params: URLSearchParams): Subject | null {
  for (const [name, kind] of Object.entries(SUBJECT_NAMES)) {
    const id = params.get(name);
    if (id) return { kind, id };
  }
  return null;
}

interface Made {
  id: string;
  name: string;
  token: string;
}

/** The token of a heartbeat is shown this once, with what to do with it. */
function MadeHeartbeat({ made }: { made: Made }) {
  const t = useServiceWords();
  return (
    <>
      <PageHead title={made.name} />
      <Panel title={t("push.title")} wide>
        <PushLines token={made.token} />
        <p>
          <Link to={`/services/${made.id}`}>{t("push.open")}</Link>
        </p>
      </Panel>
    </>
  );
}

export function NewServicePage() {
  const t = useServiceWords();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const mayEdit = useMay("editor");
  const making = useDeed();
  const [made, setMade] = useState<Made | null>(null);
  const type = TYPES.find((one) => one === params.get("type")) ?? "https";
  const save = (draft: Draft) =>
    void making.run(async () => {
      const created = await answer(client.POST("/api/services", { body: bodyOf(draft) }));
      if (created.push_token) setMade({ id: created.id, name: created.name, token: created.push_token });
      else void navigate(`/services/${created.id}`);
    });
  if (!mayEdit) return <Forbidden />;
  if (made) return <MadeHeartbeat made={made} />;
  return (
    <>
      <PageHead title={t("edit.new")} hint={<Link to="/services/many">{t("many.title")}</Link>} />
      <ServiceForm
        first={freshDraft(type, subjectIn(params))}
        service={null}
        isBusy={making.isBusy}
        problem={making.problem}
        onSave={save}
        onCancel={() => void navigate(-1)}
      />
    </>
  );
}

function Editing({ service }: { service: Service }) {
  const t = useServiceWords();
  const navigate = useNavigate();
  const saving = useDeed();
  const back = () => void navigate(`/services/${service.id}`);
  const save = (draft: Draft) =>
    void saving.run(async () => {
      await answer(client.PUT("/api/services/{id}", { params: { path: { id: service.id } }, body: bodyOf(draft) }));
      back();
    });
  return (
    <>
      <PageHead title={t("edit.title", { name: service.name })} />
      <ServiceForm
        first={draftOf(service)}
        service={service}
        isBusy={saving.isBusy}
        problem={saving.problem}
        onSave={save}
        onCancel={back}
      />
    </>
  );
}

export function EditServicePage() {
  const { id = "" } = useParams();
  const stream = useStream("services");
  const service = useService(id);
  const mayEdit = useMay("editor");
  if (!mayEdit) return <Forbidden />;
  return <Edges stream={stream}>{service ? <Editing key={id} service={service} /> : <Gone />}</Edges>;
}
