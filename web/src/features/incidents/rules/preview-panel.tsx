// What the rule of the form would say: whom it speaks of, what it would say now, and how often it would have spoken.
import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "react-router";
import type { AlertRulePreview, RuleEpisode, RuleMatch } from "../../../fleet/nouns";
import { type Numbers, useNumbers } from "../../../fleet/numbers";
import { Panel } from "../../../parts/panel";
import { measured, objectPath, useWhy } from "../../../views/alerts/words";
import form from "../shared/form.module.css";
import { SeverityMark } from "../shared/marks";
import { useQuietWords } from "../shared/quiet-words";
import type { RuleDraft } from "./draft";
import styles from "./rules.module.css";

const MOST_SHOWN = 8;

function About({ one }: { one: Pick<RuleMatch, "object" | "part" | "severity"> }) {
  return (
    <>
      <SeverityMark severity={one.severity} /> <Link to={objectPath(one.object)}>{one.object.name}</Link>
      {one.part && <span className={form.help}>{one.part}</span>}
    </>
  );
}

function Matches({ found, say }: { found: AlertRulePreview; say: (value: number | null) => string }) {
  const t = useQuietWords();
  const whyOf = useWhy();
  const rest = found.matches_now - Math.min(found.matches.length, MOST_SHOWN);
  if (found.matches_now === 0) return null;
  return (
    <ul className={form.list}>
      {found.matches.slice(0, MOST_SHOWN).map((one) => (
        <li key={`${one.object.kind} ${one.object.id} ${one.part}`} className={styles.said}>
          <About one={one} />{" "}
          {one.value === null ? one.detail && <span className={form.help}>{whyOf(one, one.detail)}</span> : say(one.value)}
        </li>
      ))}
      {rest > 0 && <li className={form.help}>{t("rules.moreOf", { count: rest })}</li>}
    </ul>
  );
}

function Episodes({
  episodes,
  numbers,
  say,
}: {
  episodes: readonly RuleEpisode[];
  numbers: Numbers;
  say: (value: number | null) => string;
}) {
  const t = useQuietWords();
  const rest = episodes.length - MOST_SHOWN;
  return (
    <ul className={form.list}>
      {episodes.slice(0, MOST_SHOWN).map((one) => (
        <li key={`${one.object.kind} ${one.object.id} ${one.part} ${one.began_at}`} className={styles.said}>
          <About one={one} /> <span title={numbers.moment(one.began_at)}>{numbers.ago(one.began_at)}</span>
          <span className={form.help}>
            {one.ended_at === null
              ? t("rules.stillHolds")
              : t("rules.lasted", { span: numbers.duration((Date.parse(one.ended_at) - Date.parse(one.began_at)) / 1000) })}
            {one.peak !== null && ` · ${t("rules.peak", { value: say(one.peak) })}`}
          </span>
        </li>
      ))}
      {rest > 0 && <li className={form.help}>{t("rules.moreOf", { count: rest })}</li>}
    </ul>
  );
}

/** Whom the count says nothing of. */
function LeftOut({ found }: { found: AlertRulePreview }) {
  const t = useQuietWords();
  const named = (found.left_out ?? []).slice(0, MOST_SHOWN);
  const count = found.left_out_count ?? 0;
  if (count === 0) return null;
  return (
    <div className={form.help}>
      <p>{t("rules.leftOut", { count })}</p>
      <ul className={form.list}>
        {named.map((one) => (
          <li key={`${one.kind} ${one.id}`}>
            <Link to={objectPath(one)}>{one.name}</Link>
          </li>
        ))}
        {count > named.length && <li>{t("rules.moreOf", { count: count - named.length })}</li>}
      </ul>
    </div>
  );
}

interface PanelProps {
  query: UseQueryResult<AlertRulePreview>;
  draft: RuleDraft;
  /** The form is not fit to be asked about. */
  isWaiting: boolean;
}

export function PreviewPanel({ query, draft, isWaiting }: PanelProps) {
  const t = useQuietWords();
  const numbers = useNumbers();
  const say = (value: number | null) => measured(numbers, draft.kind === "metric" ? draft.metric : null, value);
  const body = () => {
    if (isWaiting || !query.data)
      return <p className={form.help}>{t(query.isError && !isWaiting ? "preview.notYet" : "rules.previewWaits")}</p>;
    const found = query.data;
    return (
      <>
        <p>{t("rules.watches", { count: found.watched })}</p>
        <h3>{t("rules.now", { count: found.matches_now })}</h3>
        <Matches found={found} say={say} />
        <h3>{found.times === null ? t("rules.timesUnknown") : t("rules.times", { count: found.times, days: found.days })}</h3>
        <p className={form.help}>
          {t(found.times === null ? "rules.timesUnknownHelp" : found.is_partial ? "rules.partial" : "rules.byHistory")}
        </p>
        <LeftOut found={found} />
        {found.episodes.length > 0 && <Episodes episodes={found.episodes} numbers={numbers} say={say} />}
      </>
    );
  };
  return (
    <Panel title={t("rules.preview")} hint={t("rules.previewHint")}>
      <div className={`${form.fields} ${form.said}`} aria-live="polite">
        {body()}
      </div>
    </Panel>
  );
}
