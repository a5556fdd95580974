// Keeps an eye on what is wrong while any page is open: the number in the tab's title and in the rail, and the tone and
// the notice for who asked for them. Comes after the first page; the frame only makes room for it.
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useNavigate } from "react-router";
import type { Incident } from "../../fleet/nouns";
import { readAlertWords } from "../../i18n/words";
import { newsOf, numbered, type Seen, seenOf, worstOf } from "./news";
import { useOpenIncidents } from "./open-incidents";
import { notify, sound, useSignals } from "./signals";
import styles from "./watch.module.css";
import { incidentTitle, useAlertWords, useCause } from "./words";

/** Whoever names the page does not know of the number: it is put back each time. */
function useNumberedTitle(count: number): void {
  useEffect(() => {
    const put = () => {
      const wanted = numbered(document.title, count);
      if (document.title !== wanted) document.title = wanted;
    };
    put();
    const watcher = new MutationObserver(put);
    watcher.observe(document.head, { childList: true, subtree: true, characterData: true });
    return () => watcher.disconnect();
  }, [count]);
}

function useSignal(incidents: readonly Incident[] | null): void {
  const t = useAlertWords();
  const cause = useCause();
  const navigate = useNavigate();
  const seen = useRef<Seen | null>(null);
  const tell = useEffectEvent((items: readonly Incident[]) => {
    const news = newsOf(seen.current, items);
    seen.current = seenOf(items);
    if (news.length === 0) return;
    const wants = useSignals.getState();
    if (wants.sound) void sound(worstOf(news));
    if (!wants.notice) return;
    for (const one of news.slice(0, 3)) {
      const body = one.root_alert ? cause(one.root_alert) : (one.cause ?? "");
      notify(incidentTitle(t, one), body, one.id, () => void navigate(`/incidents/${one.id}`));
    }
  });
  useEffect(() => {
    if (incidents) tell(incidents);
  }, [incidents]);
}

function Watching() {
  const t = useAlertWords();
  const { incidents } = useOpenIncidents();
  const [rail, setRail] = useState<Element | null>(null);
  const count = incidents?.length ?? 0;
  useNumberedTitle(count);
  useSignal(incidents);
  useEffect(() => setRail(document.querySelector('nav a[href="/incidents"]')), []);
  if (count === 0 || !rail) return null;
  return createPortal(
    <b className={`${styles.count} ${styles[worstOf(incidents ?? [])]}`}>
      <span aria-hidden="true">{count}</span>
      <span className={styles.told}>{t("openCount", { count })}</span>
    </b>,
    rail,
  );
}

export default function Watch() {
  const [isReady, setReady] = useState(false);
  useEffect(() => {
    let isHere = true;
    const begin = () => {
      if (isHere) setReady(true);
    };
    readAlertWords().then(begin, begin);
    return () => {
      isHere = false;
    };
  }, []);
  return isReady ? <Watching /> : null;
}
