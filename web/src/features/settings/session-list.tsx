import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { client } from "../../api/client";
import { answer } from "../../api/problem";
import { type SessionEntry, sessionsQuery } from "../../api/queries";
import { useSession } from "../../api/session";
import { formatMoment } from "../../format/time";
import { localeOf } from "../../i18n/languages";
import { tellRest, useAccountWords } from "../../parts/account-words";
import { Refusal } from "../../parts/refusal";
import { useDeed } from "../../parts/use-deed";
import { Button } from "../../ui/button";
import { Asked } from "./asked";
import styles from "./settings.module.css";

/** Where this person is signed in. */
export function SessionList() {
  const say = useAccountWords();
  const queries = useQueryClient();
  const sessions = useQuery(sessionsQuery);
  const signOut = useSession((session) => session.signOut);
  const ending = useDeed();

  const end = (one: SessionEntry) =>
    void ending.run(async () => {
      if (one.current) return signOut();
      await answer(client.DELETE("/api/auth/sessions/{id}", { params: { path: { id: one.id } } }));
      await queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    });
  const endOthers = () =>
    void ending.run(async () => {
      await answer(client.DELETE("/api/auth/sessions"));
      await queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    });

  if (!sessions.data) return <Asked isLoading={sessions.isLoading} error={sessions.error} retry={() => void sessions.refetch()} />;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key */}
      <div className={styles.scroll} tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{say("sessions.browser")}</th>
              <th scope="col">{say("field.address")}</th>
              <th scope="col">{say("sessions.lastUsed")}</th>
              <th scope="col">{say("sessions.since")}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {sessions.data.items.map((one) => (
              <SessionRow key={one.id} one={one} isBusy={ending.isBusy} onEnd={() => end(one)} />
            ))}
          </tbody>
        </table>
      </div>
      <Refusal text={tellRest(say, ending.problem, [])} />
      {sessions.data.items.length > 1 ? (
        <Button disabled={ending.isBusy} onClick={endOthers}>
          {say("sessions.endOthers")}
        </Button>
      ) : null}
    </>
  );
}

function SessionRow({ one, isBusy, onEnd }: { one: SessionEntry; isBusy: boolean; onEnd: () => void }) {
  const say = useAccountWords();
  const { i18n } = useTranslation();
  return (
    <tr>
      <td>
        {one.user_agent} {one.current ? <strong>{say("sessions.this")}</strong> : null}
      </td>
      <td>{one.ip_address}</td>
      <td>{formatMoment(one.last_used_at, localeOf(i18n.language, navigator.languages))}</td>
      <td>{formatMoment(one.created_at, localeOf(i18n.language, navigator.languages))}</td>
      <td>
        <Button
          disabled={isBusy}
          onClick={onEnd}
          aria-label={one.current ? say("sessions.signOut") : say("sessions.endOne", { browser: one.user_agent, address: one.ip_address })}
        >
          {one.current ? say("sessions.signOut") : say("sessions.end")}
        </Button>
      </td>
    </tr>
  );
}
