// The timeline of an incident, with the notes that people write into it.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import type { IncidentDetail, IncidentHappening } from "../../../fleet/nouns";
import { useMay } from "../../../fleet/world";
import { PlainButton } from "../../../parts/order-button";
import { Panel } from "../../../parts/panel";
import { useDeed } from "../../../parts/use-deed";
import { Button } from "../../../ui/button";
import { faultWord, useAlertWords, useWhy } from "../../../views/alerts/words";
import { Happened, Happenings } from "../../../views/timeline";
import styles from "./incident.module.css";

const FEW = 40;

/** Names of channels by id: the timeline remembers the id. */
export function useChannelNames(): ReadonlyMap<string, string> {
  const channels = useQuery({
    queryKey: ["channels", "names"],
    queryFn: () => answer(client.GET("/api/notification-channels", { params: { query: { limit: 1000 } } })),
    staleTime: 60_000,
  });
  return new Map((channels.data ?? []).map((one) => [one.id, one.name]));
}

interface LineProps {
  happening: IncidentHappening;
  incident: IncidentDetail;
  channels: ReadonlyMap<string, string>;
}

function Line({ happening, incident, channels }: LineProps) {
  const t = useAlertWords();
  const whyOf = useWhy();
  const { at, kind, alert_id, object, by, detail } = happening;
  const alert = incident.alerts.find((one) => one.id === alert_id);
  const named = alert ? `${alert.object.name}, ${faultWord(t, alert)}` : (object?.name ?? "");
  const channel = kind === "told" ? /^\w+ (\d+)$/.exec(detail ?? "")?.[1] : undefined;
  const said = channel ? (channels.get(channel) ?? channel) : whyOf(happening, detail ?? "");
  return (
    <Happened at={at}>
      <b>{t(`happened.${kind}`)}</b> {kind === "note" ? by : named}
      {kind !== "note" && by && ` · ${by}`}
      {said && <span className={kind === "note" ? styles.note : styles.said}>{said}</span>}
    </Happened>
  );
}

function NoteForm({ id }: { id: string }) {
  const t = useAlertWords();
  const queries = useQueryClient();
  const writing = useDeed();
  const [text, put] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void writing.run(async () => {
      await answer(client.POST("/api/incidents/{id}/notes", { params: { path: { id } }, body: { text: text.trim() } }));
      put("");
      await queries.invalidateQueries({ queryKey: ["incidents"] });
    });
  };
  return (
    <form className={styles.write} onSubmit={submit}>
      <label>
        {t("note")}
        <textarea rows={2} maxLength={2000} value={text} onChange={(event) => put(event.target.value)} />
      </label>
      {writing.problem && <p role="alert">{writing.problem.fields[0]?.message ?? (writing.problem.detail || t("fleet:edge.failed"))}</p>}
      <div>
        <PlainButton type="submit" isBusy={writing.isBusy} isDisabled={text.trim() === ""}>
          {t("addNote")}
        </PlainButton>
      </div>
    </form>
  );
}

export function HappeningsPanel({ incident }: { incident: IncidentDetail }) {
  const t = useAlertWords();
  const mayWrite = useMay("operator");
  const channels = useChannelNames();
  const [isWhole, setWhole] = useState(false);
  // What happened has no name of its own but its place, counted from the first.
  const newest = incident.timeline.map((happening, place) => ({ happening, place })).toReversed();
  const shown = isWhole ? newest : newest.slice(0, FEW);
  return (
    <Panel title={t("fleet:event.title")}>
      {mayWrite && <NoteForm id={incident.id} />}
      <Happenings label={t("fleet:event.title")}>
        {shown.map(({ happening, place }) => (
          <Line key={place} happening={happening} incident={incident} channels={channels} />
        ))}
      </Happenings>
      {newest.length > shown.length && (
        <Button look="quiet" onClick={() => setWhole(true)}>
          {t("showRest", { count: newest.length - shown.length })}
        </Button>
      )}
    </Panel>
  );
}
