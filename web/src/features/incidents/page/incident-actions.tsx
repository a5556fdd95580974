// What one may do about an incident: take it, be left in peace for a while, end it by hand, take it along as a file.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import type { Incident } from "../../../fleet/nouns";
import { useMay } from "../../../fleet/world";
import { Field, SelectField } from "../../../parts/field";
import { PlainButton } from "../../../parts/order-button";
import { useDeed } from "../../../parts/use-deed";
import { useAlertWords } from "../../../views/alerts/words";
import { saveFile } from "../../../views/charts/chart-files";
import { AskDialog } from "../shared/ask-dialog";
import { silencePath } from "../silences/draft";

const HOURS = [1, 4, 12, 24, 72, 168] as const;
const laterBy = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();

interface HowLongProps {
  hours: string;
  onHours: (hours: string) => void;
  /** The choice without an end. */
  endless?: string;
}

function HowLong({ hours, onHours, endless }: HowLongProps) {
  const t = useAlertWords();
  const ends = HOURS.map((one) => ({
    value: String(one),
    label: one < 24 ? t("hours", { count: one }) : t("fleet:count.days", { count: one / 24 }),
  }));
  return (
    <SelectField
      label={t("howLong")}
      value={hours}
      choices={endless === undefined ? ends : [{ value: "", label: endless }, ...ends]}
      onText={onHours}
    />
  );
}

function Take({ id, refresh }: { id: string; refresh: () => Promise<unknown> }) {
  const t = useAlertWords();
  const deed = useDeed();
  const [note, putNote] = useState("");
  const [hours, putHours] = useState("");
  const run = async () => {
    const body = { note: note.trim() || null, until: hours === "" ? null : laterBy(Number(hours)) };
    await answer(client.POST("/api/incidents/{id}/acknowledge", { params: { path: { id } }, body }));
    await refresh();
  };
  return (
    <AskDialog word={t("acknowledge")} kind="primary" help={t("acknowledgeHelp")} deed={deed} run={run}>
      <HowLong hours={hours} onHours={putHours} endless={t("untilOver")} />
      <Field label={t("note")} value={note} onText={putNote} maxLength={500} />
    </AskDialog>
  );
}

function Snooze({ id, refresh }: { id: string; refresh: () => Promise<unknown> }) {
  const t = useAlertWords();
  const deed = useDeed();
  const [hours, putHours] = useState("1");
  const run = async () => {
    await answer(client.POST("/api/incidents/{id}/snooze", { params: { path: { id } }, body: { until: laterBy(Number(hours)) } }));
    await refresh();
  };
  return (
    <AskDialog word={t("snooze")} help={t("snoozeHelp")} deed={deed} run={run}>
      <HowLong hours={hours} onHours={putHours} />
    </AskDialog>
  );
}

function SaveAs({ id }: { id: string }) {
  const t = useAlertWords();
  const saving = useDeed();
  const save = () =>
    void saving.run(async () => {
      const file = await answer(client.GET("/api/incidents/{id}/export", { params: { path: { id } }, parseAs: "blob" }));
      saveFile(file as unknown as Blob, `monitorix-incident-${id}.html`);
    });
  return (
    <>
      <PlainButton isBusy={saving.isBusy} onClick={save}>
        {t("export")}
      </PlainButton>
      {saving.problem && <span role="alert">{saving.problem.detail || t("fleet:edge.failed")}</span>}
    </>
  );
}

export function IncidentActions({ incident: { id, state, root_alert } }: { incident: Incident }) {
  const t = useAlertWords();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const mayAct = useMay("operator");
  const giving = useDeed();
  const ending = useDeed();
  const refresh = () => queries.invalidateQueries({ queryKey: ["incidents"] });
  const post = (path: "/api/incidents/{id}/unacknowledge" | "/api/incidents/{id}/resolve") => async () => {
    await answer(client.POST(path, { params: { path: { id } } }));
    await refresh();
  };
  return (
    <>
      {mayAct && state !== "resolved" && (
        <>
          {state === "open" ? (
            <Take id={id} refresh={refresh} />
          ) : (
            <PlainButton isBusy={giving.isBusy} onClick={() => void giving.run(post("/api/incidents/{id}/unacknowledge"))}>
              {t("giveBack")}
            </PlainButton>
          )}
          {giving.problem && <span role="alert">{giving.problem.detail || t("fleet:edge.failed")}</span>}
          <Snooze id={id} refresh={refresh} />
          {root_alert && <PlainButton onClick={() => void navigate(silencePath(root_alert))}>{t("silenceThis")}</PlainButton>}
          <AskDialog word={t("resolve")} kind="danger" help={t("resolveHelp")} deed={ending} run={post("/api/incidents/{id}/resolve")} />
        </>
      )}
      <SaveAs id={id} />
    </>
  );
}
