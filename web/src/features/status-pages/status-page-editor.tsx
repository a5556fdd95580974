// One status page, new or known: its form, the public address, the badges, and its end.
import { useQuery, useQueryClient } from "@tanstack/react-query";

import { useNavigate, useParams } from "react-router";
import { client } from "../../api/client";
import { answer, problemOf } from "../../api/problem";
import type { StatusPage } from "../../fleet/nouns";
import { useServiceWords } from "../../fleet/services/words";
import { useMay } from "../../fleet/world";
import { spoken } from "../../i18n/words";
import { CopyLine } from "../../parts/copy-line";
import { EmptyNote, Gone, Skeleton } from "../../parts/edges";
import { PlainButton } from "../../parts/order-button";
import { PageHead, Panel } from "../../parts/panel";
import { RemoveDialog } from "../../parts/remove-dialog";
import { useDeed } from "../../parts/use-deed";
import { bodyOf, draftOf, emptyDraft, type PageDraft } from "./page-draft";
import { StatusForm } from "./status-form";
import styles from "./status-pages.module.css";

function Forbidden() {
  const t = useServiceWords();
  return <EmptyNote title={t("fleet:edge.forbidden")} detail={t("fleet:edge.forbiddenDetail")} />;
}

export function NewStatusPage() {
  const t = useServiceWords();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const mayEdit = useMay("editor");
  const making = useDeed();
  const save = (draft: PageDraft) =>
    void making.run(async () => {
      const made = await answer(client.POST("/api/status-pages", { body: bodyOf(draft) }));
      await queries.invalidateQueries({ queryKey: ["status-pages"] });
      void navigate(`/status-pages/${made.id}`);
    });
  if (!mayEdit) return <Forbidden />;
  return (
    <>
      <PageHead title={t("status.add")} />
      <StatusForm
        first={emptyDraft(spoken())}
        isNew
        isBusy={making.isBusy}
        problem={making.problem}
        onSave={save}
        onCancel={() => void navigate("/status-pages")}
      />
    </>
  );
}

function Remove({ page }: { page: StatusPage }) {
  const t = useServiceWords();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const removing = useDeed();
  const remove = () =>
    removing.run(async () => {
      await answer(client.DELETE("/api/status-pages/{id}", { params: { path: { id: page.id } } }));
      await queries.invalidateQueries({ queryKey: ["status-pages"] });
      void navigate("/status-pages");
    });
  return (
    <RemoveDialog
      word={t("act.remove")}
      title={t("act.removeTitle", { name: page.title })}
      help={t("status.removeHelp")}
      confirm={
        <PlainButton kind="danger" isBusy={removing.isBusy} onClick={() => void remove()}>
          {t("act.remove")}
        </PlainButton>
      }
    >
      {removing.problem && <p role="alert">{removing.problem.detail || t("fleet:edge.failed")}</p>}
    </RemoveDialog>
  );
}

/** Badges for other pages: one of the whole, one of each service. */
function Badges({ page }: { page: StatusPage }) {
  const t = useServiceWords();
  const address = `${globalThis.location.origin}/status/${page.slug}/badge.svg`;
  const items = page.groups.flatMap((group) => group.items);
  return (
    <Panel title={t("status.badges")} hint={t("status.badgesHint")}>
      <CopyLine label={page.title} text={address} />
      {items.slice(0, 20).map((item) => (
        <div key={item.key}>
          <span className={styles.own}>{item.name}</span>
          <CopyLine label={item.name} text={`${address}?item=${encodeURIComponent(item.key)}`} />
        </div>
      ))}
    </Panel>
  );
}

function Editing({ page }: { page: StatusPage }) {
  const t = useServiceWords();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const mayEdit = useMay("editor");
  const saving = useDeed();
  const save = (draft: PageDraft) =>
    void saving.run(async () => {
      await answer(client.PUT("/api/status-pages/{id}", { params: { path: { id: page.id } }, body: bodyOf(draft) }));
      await queries.invalidateQueries({ queryKey: ["status-pages"] });
    });
  const link = page.is_public ? (
    <a href={`/status/${page.slug}`} target="_blank" rel="noreferrer">
      {t("status.open")}
    </a>
  ) : (
    t("status.hidden")
  );
  return (
    <>
      <PageHead title={page.title} hint={link} actions={mayEdit && <Remove page={page} />} />
      {saving.isDone && <p role="status">{t("status.saved")}</p>}
      {mayEdit ? (
        <StatusForm
          first={draftOf(page)}
          isNew={false}
          isBusy={saving.isBusy}
          problem={saving.problem}
          onSave={save}
          onCancel={() => void navigate("/status-pages")}
        />
      ) : (
        <ul>
          {page.groups
            .flatMap((group) => group.items)
            .map((item) => (
              <li key={item.key}>{item.name}</li>
            ))}
        </ul>
      )}
      {page.is_public && <Badges page={page} />}
    </>
  );
}

export function EditStatusPage() {
  const { id = "" } = useParams();
  const t = useServiceWords();
  const page = useQuery({
    queryKey: ["status-pages", id],
    queryFn: () => answer(client.GET("/api/status-pages/{id}", { params: { path: { id } } })),
  });
  if (page.isLoading) return <Skeleton />;
  if (page.data) return <Editing key={id} page={page.data} />;
  const { status } = problemOf(page.error);
  if (status === 404) return <Gone />;
  return status === 403 ? <Forbidden /> : <EmptyNote title={t("fleet:edge.failed")} detail={t("fleet:edge.failedDetail")} />;
}
