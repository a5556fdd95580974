// When the window of the form would be open next, and how many objects it covers.
import type { UseQueryResult } from "@tanstack/react-query";
import type { MaintenancePreview } from "../../../fleet/nouns";
import { useNumbers } from "../../../fleet/numbers";
import { formatDay } from "../../../format/time";
import { Panel } from "../../../parts/panel";
import { useLocale } from "../hours/use-locale";
import form from "../shared/form.module.css";
import { useQuietWords } from "../shared/quiet-words";

const WHEN: Intl.DateTimeFormatOptions = {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
};

export function WindowPreview({ query, zone }: { query: UseQueryResult<MaintenancePreview>; zone: string }) {
  const t = useQuietWords();
  const numbers = useNumbers();
  const locale = useLocale();
  const body = () => {
    if (query.isError) return <p className={form.help}>{t("preview.notYet")}</p>;
    if (!query.data) return <p className={form.help}>{t("windows.previewWaits")}</p>;
    const { times, covered } = query.data;
    return (
      <>
        <p>{t("windows.covers", { count: covered })}</p>
        {times.length === 0 ? (
          <p>{t("windows.never")}</p>
        ) : (
          <ol className={form.list}>
            {times.map(({ starts_at, ends_at }) => (
              <li key={starts_at}>
                {formatDay(Date.parse(starts_at), WHEN, locale, zone)}{" "}
                <span className={form.help}>{numbers.duration((Date.parse(ends_at) - Date.parse(starts_at)) / 1000)}</span>
              </li>
            ))}
          </ol>
        )}
        <p className={form.help}>{t("windows.clock", { zone })}</p>
      </>
    );
  };
  return (
    <Panel title={t("windows.next")}>
      <div className={`${form.fields} ${form.said}`} aria-live="polite">
        {body()}
      </div>
    </Panel>
  );
}
