import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useReducer } from "react";
import { client } from "../../api/client";
import { answer } from "../../api/problem";
import type { components } from "../../api/schema.gen";
import { useMay } from "../../api/session";
import { tellField, tellRest, useAccountWords } from "../../parts/account-words";
import { Field } from "../../parts/field";
import form from "../../parts/form.module.css";
import { Refusal } from "../../parts/refusal";
import { useDeed } from "../../parts/use-deed";
import { Button } from "../../ui/button";
import { Asked } from "./asked";
import styles from "./settings.module.css";

type Retention = components["schemas"]["Retention"];
const TIERS = ["raw_days", "minute_days", "hour_days"] as const;
const KEY = ["settings"];

/** For how long history is kept. */
export function HistoryPage() {
  const say = useAccountWords();
  const isAdmin = useMay("admin");
  const settings = useQuery({ queryKey: KEY, queryFn: () => answer(client.GET("/api/settings")), enabled: isAdmin });
  return (
    <div className={styles.page}>
      <h1>{say("history.title")}</h1>
      {!isAdmin && <p>{say("problem.forbidden")}</p>}
      {isAdmin && !settings.data && <Asked isLoading={settings.isLoading} error={settings.error} retry={() => void settings.refetch()} />}
      {settings.data && <RetentionForm retention={settings.data.history} />}
    </div>
  );
}

type Texts = Record<(typeof TIERS)[number], string>;

function RetentionForm({ retention }: { retention: Retention }) {
  const say = useAccountWords();
  const queries = useQueryClient();
  const deed = useDeed();
  const [texts, put] = useReducer((before: Texts, part: Partial<Texts>) => ({ ...before, ...part }), {
    raw_days: String(retention.raw_days),
    minute_days: String(retention.minute_days),
    hour_days: String(retention.hour_days),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void deed.run(async () => {
      const history = Object.fromEntries(TIERS.map((tier) => [tier, Number(texts[tier])]));
      await answer(client.PUT("/api/settings", { body: { history } }));
      await queries.invalidateQueries({ queryKey: KEY });
    });
  };
  return (
    <section className={styles.panel} aria-label={say("history.title")}>
      <p>{say("history.about")}</p>
      <form className={form.form} onSubmit={submit}>
        {TIERS.map((tier) => (
          <Field
            key={tier}
            label={say(`history.${tier}`)}
            hint={say("history.days")}
            type="number"
            min={0}
            max={36_500}
            required
            value={texts[tier]}
            onText={(text) => put({ [tier]: text })}
            wrong={tellField(say, deed.problem, `history.${tier}`)}
          />
        ))}
        <Refusal
          text={tellRest(
            say,
            deed.problem,
            TIERS.map((tier) => `history.${tier}`),
          )}
        />
        <div className={form.row}>
          <Button type="submit" look="main" disabled={deed.isBusy}>
            {say("save")}
          </Button>
          {deed.isDone && <p className={form.good}>{say("saved")}</p>}
        </div>
      </form>
    </section>
  );
}
