// The next weeks as a calendar; on a phone only the days on which something is open.
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import type { MaintenanceWindow } from "../../../fleet/nouns";
import { useMay } from "../../../fleet/world";
import { formatDay } from "../../../format/time";
import { Panel } from "../../../parts/panel";
import { useLocale } from "../hours/use-locale";
import { Read } from "../shared/edges";
import form from "../shared/form.module.css";
import { ownZone } from "../shared/local-time";
import { useQuietWords } from "../shared/quiet-words";
import { type Day, type DayTime, daysOf, spanFrom, WEEKS } from "./calendar";
import styles from "./windows.module.css";

const EVERY_MS = 60_000;
const CLOCK: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const noon = (day: string): number => Date.parse(`${day}T12:00Z`);

function Time({ time, name }: { time: DayTime; name: string }) {
  const t = useQuietWords();
  const locale = useLocale();
  const mayAct = useMay("operator");
  const clock = (at: number | null) => (at === null ? "" : formatDay(at, CLOCK, locale));
  const span = time.from === null && time.to === null ? t("windows.allDay") : `${clock(time.from)}–${clock(time.to)}`;
  const said = (
    <>
      <span className={styles.clock}>{span}</span> {name}
    </>
  );
  return (
    <li className={styles.time} title={`${span} ${name}`}>
      {mayAct && time.windowId !== null ? <Link to={`/incidents/maintenance/${time.windowId}`}>{said}</Link> : said}
    </li>
  );
}

const MOST_SHOWN = 4;

function DayCell({ day, nameOf }: { day: Day; nameOf: (id: string | null) => string }) {
  const t = useQuietWords();
  const locale = useLocale();
  const long = formatDay(noon(day.day), { weekday: "long", day: "numeric", month: "long" }, locale, "UTC");
  const short = formatDay(noon(day.day), { day: "numeric", month: "short" }, locale, "UTC");
  const look = [styles.day, day.isPast && styles.past, day.isToday && styles.today, day.times.length === 0 && styles.free];
  const rest = day.times.length - MOST_SHOWN;
  return (
    <li className={look.filter(Boolean).join(" ")} aria-current={day.isToday ? "date" : undefined}>
      <h3 className={styles.date}>
        <span className={styles.long}>{long}</span>
        <span className={styles.short} aria-hidden="true">
          {short}
        </span>
      </h3>
      {day.times.length > 0 && (
        <ul className={styles.times}>
          {day.times.slice(0, MOST_SHOWN).map((time) => (
            <Time key={`${time.windowId} ${time.from}`} time={time} name={nameOf(time.windowId)} />
          ))}
          {rest > 0 && <li className={form.help}>{t("windows.moreTimes", { count: rest })}</li>}
        </ul>
      )}
    </li>
  );
}

export function CalendarPanel({ windows }: { windows: readonly MaintenanceWindow[] }) {
  const t = useQuietWords();
  const locale = useLocale();
  const zone = ownZone();
  const { first, from, to } = spanFrom(Date.now(), zone);
  const times = useQuery({
    queryKey: ["windows", "calendar", from, to],
    queryFn: () =>
      answer(
        client.GET("/api/maintenance-windows/calendar", {
          params: { query: { from: new Date(from).toISOString(), to: new Date(to).toISOString() } },
        }),
      ),
    refetchInterval: EVERY_MS,
  });
  const nameOf = (id: string | null) => windows.find((one) => one.id === id)?.name ?? "–";
  const head = Array.from({ length: 7 }, (_, i) => formatDay(noon(first) + i * 86_400_000, { weekday: "short" }, locale, "UTC"));
  return (
    <Panel title={t("windows.calendar", { count: WEEKS })} hint={t("windows.clock", { zone })}>
      <Read query={times}>
        {({ items, is_cut }) => (
          <>
            <div className={styles.head} aria-hidden="true">
              {head.map((name) => (
                <span key={name}>{name}</span>
              ))}
            </div>
            <ol className={styles.days} aria-label={t("windows.calendar", { count: WEEKS })}>
              {daysOf(items, Date.now(), zone).map((day) => (
                <DayCell key={day.day} day={day} nameOf={nameOf} />
              ))}
            </ol>
            {items.length === 0 && <p className={`${form.help} ${form.narrow}`}>{t("windows.calendarNone")}</p>}
            {is_cut && <p className={form.help}>{t("windows.cut")}</p>}
          </>
        )}
      </Read>
    </Panel>
  );
}
