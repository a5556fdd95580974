// What is silenced now, what will be, and what was: by whom, why, until when, and how much it holds.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import type { Silence } from "../../../fleet/nouns";
import { useNumbers } from "../../../fleet/numbers";
import { useMay } from "../../../fleet/world";
import { LinkButton } from "../../../parts/order-button";
import { PageHead, Panel } from "../../../parts/panel";
import { type Column, Table } from "../../../parts/table";
import { useAlertWords } from "../../../views/alerts/words";
import { ReadPages } from "../shared/edges";
import form from "../shared/form.module.css";
import { useQuietWords } from "../shared/quiet-words";
import { RemoveButton } from "../shared/remove-button";
import { Tabs } from "../shared/tabs";
import { type Standing, standingOf } from "./draft";

const PAGE = 200;
const EVERY_MS = 10_000;
const STANDINGS: readonly Standing[] = ["active", "coming", "over"];

function useWhat(): (silence: Silence) => string {
  const t = useQuietWords();
  const alertWords = useAlertWords();
  return ({ matchers, alert_id }) => {
    if (alert_id !== null) return t("silences.snooze");
    return matchers
      .map(({ label, value, is_equal = true }) => {
        const said = label === "kind" ? t(`kinds.${value}`) : label === "severity" ? alertWords(`severity.${value}`) : value;
        return t(is_equal ? "silences.fits" : "silences.fitsNot", { label: t(`labels.${label}`), value: said });
      })
      .join(" · ");
  };
}

function Remove({ silence, name, standing }: { silence: Silence; name: string; standing: Standing }) {
  const t = useQuietWords();
  const word = t(standing === "active" ? "silences.endNow" : "remove");
  return (
    <RemoveButton
      word={word}
      title={`${word}: ${name}`}
      help={t(standing === "over" ? "silences.removeHelp" : "silences.endHelp")}
      queryKey={["silences"]}
      remove={() => answer(client.DELETE("/api/silences/{id}", { params: { path: { id: silence.id } } }))}
    />
  );
}

function SilenceTable({ standing, silences }: { standing: Standing; silences: readonly Silence[] }) {
  const t = useQuietWords();
  const numbers = useNumbers();
  const mayAct = useMay("operator");
  const whatOf = useWhat();
  const named = (one: Silence) =>
    mayAct && standing !== "over" ? <Link to={`/incidents/silences/${one.id}`}>{whatOf(one)}</Link> : whatOf(one);
  const span = (one: Silence) => {
    const end = t("silences.untilTime", { time: numbers.moment(one.ends_at) });
    const last = one.until_resolved ? t("silences.orOver", { end }) : end;
    return standing === "coming" ? t("silences.fromTime", { time: numbers.moment(one.starts_at), end: last }) : last;
  };
  const columns: readonly Column<Silence>[] = [
    {
      key: "what",
      title: t("silences.what"),
      cell: (one) => (
        <div className={form.stack}>
          {named(one)}
          {one.comment && <span className={form.help}>{one.comment}</span>}
          <span className={`${form.help} ${form.narrow}`}>
            {span(one)}
            {standing === "active" && ` · ${t("silences.holds")}: ${numbers.count(one.held_alert_count)}`}
          </span>
        </div>
      ),
    },
    { key: "who", title: t("silences.who"), wideOnly: true, cell: (one) => one.created_by },
    { key: "until", title: t("silences.when"), wideOnly: true, cell: span },
    {
      key: "holds",
      title: t("silences.holds"),
      right: true,
      wideOnly: true,
      cell: (one) => (standing === "active" ? numbers.count(one.held_alert_count) : "–"),
    },
    {
      key: "act",
      title: "",
      right: true,
      cell: (one) =>
        mayAct && (
          <span className={`${form.buttons} ${form.end}`}>
            {standing === "over" && one.alert_id === null && (
              <LinkButton to={`/incidents/silences/new?from=${one.id}`}>{t("silences.again")}</LinkButton>
            )}
            <Remove silence={one} name={whatOf(one)} standing={standing} />
          </span>
        ),
    },
  ];
  return (
    <Table label={t(`silences.${standing}`)} rows={silences} columns={columns} rowKey={(one) => one.id} empty={t("silences.noneNow")} />
  );
}

export function SilencesPage() {
  const t = useQuietWords();
  const mayAct = useMay("operator");
  const rows = useInfiniteQuery({
    queryKey: ["silences"],
    queryFn: ({ pageParam }) =>
      answer(client.GET("/api/silences", { params: { query: { limit: PAGE, ...(pageParam && { cursor: pageParam }) } } })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
    refetchInterval: EVERY_MS,
  });
  const of = (all: readonly Silence[], standing: Standing) => all.filter((one) => standingOf(one, Date.now()) === standing);
  return (
    <>
      <PageHead
        title={t("silences.title")}
        hint={t("silences.hint")}
        actions={mayAct && <LinkButton to="/incidents/silences/new">{t("silences.add")}</LinkButton>}
      />
      <Tabs />
      <ReadPages query={rows} none={{ title: t("silences.none"), detail: t("silences.noneDetail") }}>
        {(all, more) => (
          <div className={form.fields}>
            {STANDINGS.map((standing) =>
              standing !== "active" && of(all, standing).length === 0 ? null : (
                <Panel key={standing} title={t(`silences.${standing}`)}>
                  <SilenceTable standing={standing} silences={of(all, standing)} />
                </Panel>
              ),
            )}
            {more}
          </div>
        )}
      </ReadPages>
    </>
  );
}
