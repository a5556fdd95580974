// One channel, new or known: its form, its test, how a message would look, and its end.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "react-router";
import { client } from "../../api/client";
import { answer, problemOf } from "../../api/problem";
import type { Channel } from "../../fleet/nouns";
import { useMay } from "../../fleet/world";
import { spoken } from "../../i18n/words";
import { tellProblem, useAccountWords } from "../../parts/account-words";
import { EmptyNote, Gone, Skeleton } from "../../parts/edges";
import { PlainButton } from "../../parts/order-button";
import { PageHead } from "../../parts/panel";
import { RemoveDialog } from "../../parts/remove-dialog";
import { useDeed } from "../../parts/use-deed";
import { ChannelForm } from "./channel-form";
import styles from "./channels.module.css";
import { bodyOf, type Draft, draftOf, emptyDraft } from "./draft";
import { Standing } from "./standing";
import { PreviewPanel, TestPanel } from "./try-out";
import { useChannelWords } from "./words";

const LIST = "/settings/channels";

function Forbidden() {
  const t = useChannelWords();
  return <EmptyNote title={t("fleet:edge.forbidden")} detail={t("fleet:edge.forbiddenDetail")} />;
}

export function NewChannelPage() {
  const t = useChannelWords();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const mayEdit = useMay("editor");
  const making = useDeed();
  const save = (draft: Draft) =>
    void making.run(async () => {
      const made = await answer(client.POST("/api/notification-channels", { body: bodyOf(draft) }));
      await queries.invalidateQueries({ queryKey: ["channels"] });
      void navigate(`${LIST}/${made.id}`);
    });
  if (!mayEdit) return <Forbidden />;
  return (
    <>
      <PageHead title={t("add")} />
      <ChannelForm
        first={emptyDraft("email", spoken(), Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC")}
        isNew
        kept={[]}
        isBusy={making.isBusy}
        problem={making.problem}
        onSave={save}
        onCancel={() => void navigate(LIST)}
      />
    </>
  );
}

function Remove({ channel }: { channel: Channel }) {
  const t = useChannelWords();
  const say = useAccountWords();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const removing = useDeed();
  const remove = () =>
    removing.run(async () => {
      await answer(client.DELETE("/api/notification-channels/{id}", { params: { path: { id: channel.id } } }));
      await queries.invalidateQueries({ queryKey: ["channels"] });
      void navigate(LIST);
    });
  return (
    <RemoveDialog
      word={t("remove")}
      title={t("removeTitle", { name: channel.name })}
      help={t("removeHelp")}
      confirm={
        <PlainButton kind="danger" isBusy={removing.isBusy} onClick={() => void remove()}>
          {t("remove")}
        </PlainButton>
      }
    >
      {removing.problem && <p role="alert">{tellProblem(say, removing.problem)}</p>}
    </RemoveDialog>
  );
}

function Editing({ channel }: { channel: Channel }) {
  const t = useChannelWords();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const saving = useDeed();
  const save = (draft: Draft) =>
    void saving.run(async () => {
      await answer(client.PUT("/api/notification-channels/{id}", { params: { path: { id: channel.id } }, body: bodyOf(draft) }));
      await queries.invalidateQueries({ queryKey: ["channels"] });
    });
  return (
    <>
      {saving.isDone && <p role="status">{t("saved")}</p>}
      <ChannelForm
        key={channel.updated_at}
        first={draftOf(channel)}
        isNew={false}
        kept={channel.secrets}
        isBusy={saving.isBusy}
        problem={saving.problem}
        onSave={save}
        onCancel={() => void navigate(LIST)}
      />
      <div className={styles.columns}>
        <TestPanel channel={channel} />
        <PreviewPanel channel={channel} />
      </div>
    </>
  );
}

export function ChannelPage() {
  const { id = "" } = useParams();
  const t = useChannelWords();
  const mayEdit = useMay("editor");
  const channel = useQuery({
    queryKey: ["channels", id],
    queryFn: () => answer(client.GET("/api/notification-channels/{id}", { params: { path: { id } } })),
  });
  if (channel.isLoading) return <Skeleton />;
  if (channel.data)
    return (
      <>
        <PageHead title={channel.data.name} hint={t(`types.${channel.data.type}`)} actions={mayEdit && <Remove channel={channel.data} />} />
        <Standing channel={channel.data} />
        {mayEdit && <Editing key={id} channel={channel.data} />}
      </>
    );
  const { status } = problemOf(channel.error);
  if (status === 404) return <Gone />;
  return status === 403 ? <Forbidden /> : <EmptyNote title={t("fleet:edge.failed")} detail={t("fleet:edge.failedDetail")} />;
}
