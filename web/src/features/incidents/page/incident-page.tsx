// One incident: what is wrong and why, what hangs on it, what happened, and who was told.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { client } from "../../../api/client";
import { answer, problemOf } from "../../../api/problem";
import type { AlertHold, IncidentDetail } from "../../../fleet/nouns";
import { useNumbers } from "../../../fleet/numbers";
import { useMay } from "../../../fleet/world";
import { EmptyNote, Gone, Skeleton } from "../../../parts/edges";
import { Facts, PageHead, Panel, PanelGrid } from "../../../parts/panel";
import { incidentTitle, objectPath, ownWords, useAlertWords, useCause, useHold } from "../../../views/alerts/words";
import { useAffected } from "../list/affected";
import { SeverityMark, StateWord } from "../shared/marks";
import { Tabs } from "../shared/tabs";
import { CauseTree } from "./cause-tree";
import { EvidencePanel } from "./evidence-panel";
import { HappeningsPanel } from "./happenings";
import { IncidentActions } from "./incident-actions";
import { ToldPanel } from "./told-panel";

const EVERY_MS = 2000;
const LATER_MS = 30_000;

const HOLD_PATHS: Partial<Record<AlertHold["kind"], string>> = { silence: "/incidents/silences", maintenance: "/incidents/maintenance" };

/** Why nobody is told; who may change what holds it gets there by it. */
function Hold({ hold }: { hold: AlertHold }) {
  const said = useHold()(hold);
  const mayAct = useMay("operator");
  const path = HOLD_PATHS[hold.kind];
  return mayAct && path && hold.ref ? <Link to={`${path}/${hold.ref}`}>{said}</Link> : said;
}

function What({ incident }: { incident: IncidentDetail }) {
  const t = useAlertWords();
  const numbers = useNumbers();
  const causeOf = useCause();
  const affected = useAffected(incident);
  const cause = incident.root_alert ? causeOf(incident.root_alert) : incident.cause;
  const deed = incident.state === "resolved" ? null : ownWords(t, incident.root_alert?.rule_key ?? null)?.deed;
  const has = incident.acknowledgement;
  const withAgo = (time: string) => `${numbers.moment(time)} (${numbers.ago(time)})`;
  return (
    <Panel title={t("what")}>
      <Facts
        facts={[
          { name: t("fleet:field.state"), value: <StateWord state={incident.state} /> },
          { name: t("severityTitle"), value: <SeverityMark severity={incident.severity} isOver={incident.state === "resolved"} /> },
          { name: t("about"), value: <Link to={objectPath(incident.root)}>{incident.root.name}</Link> },
          cause ? { name: t("why"), value: cause } : null,
          deed ? { name: t("whatToDo"), value: deed } : null,
          { name: t("since"), value: withAgo(incident.opened_at) },
          incident.resolved_at ? { name: t("overSince"), value: withAgo(incident.resolved_at) } : null,
          affected ? { name: t("hanging"), value: affected } : null,
          has
            ? {
                name: t("who"),
                value: [has.by, has.note, has.until && t("hasUntil", { time: numbers.moment(has.until) })].filter(Boolean).join(" · "),
              }
            : null,
          incident.held_by ? { name: t("messages"), value: <Hold hold={incident.held_by} /> } : null,
          incident.is_flapping ? { name: t("messages"), value: t("flaps") } : null,
        ]}
      />
    </Panel>
  );
}

export function IncidentPage() {
  const { id = "" } = useParams();
  const t = useAlertWords();
  const asked = useQuery({
    queryKey: ["incidents", "one", id],
    queryFn: () => answer(client.GET("/api/incidents/{id}", { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data?.state === "resolved" ? LATER_MS : EVERY_MS),
  });
  if (asked.isLoading) return <Skeleton />;
  if (!asked.data) {
    const { status } = problemOf(asked.error);
    if (status === 404) return <Gone />;
    const isForbidden = status === 403;
    return (
      <EmptyNote
        title={t(isForbidden ? "fleet:edge.forbidden" : "fleet:edge.failed")}
        detail={t(isForbidden ? "fleet:edge.forbiddenDetail" : "fleet:edge.failedDetail")}
      />
    );
  }
  const incident = asked.data;
  return (
    <>
      <Tabs />
      <PageHead title={incidentTitle(t, incident)} actions={<IncidentActions incident={incident} />} />
      <PanelGrid>
        <What incident={incident} />
        <CauseTree incident={incident} />
        {incident.root_alert && <EvidencePanel alert={incident.root_alert} />}
        <ToldPanel incident={incident} />
        <HappeningsPanel incident={incident} />
      </PanelGrid>
    </>
  );
}
