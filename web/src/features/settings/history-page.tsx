import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useReducer } from "react";
import { client } from "../../api/client";
import { answer } from "../../api/problem";
import type { components } from "../../api/schema.gen";
import { useMay } from "../../api/session";
import { useNumbers } from "../../fleet/numbers";
import { tellField, tellRest, useAccountWords } from "../../parts/account-words";
import { Field } from "../../parts/field";
import form from "../../parts/form.module.css";
import { Refusal } from "../../parts/refusal";
import { useDeed } from "../../parts/use-deed";
import { Button } from "../../ui/button";
import { Asked } from "./asked";
import styles from "./settings.module.css";

type Retention = components["schemas"]["Retention"];
type Cost = components["schemas"]["HistoryCost"];
const TIERS = ["raw_days", "minute_days", "hour_days"] as const;
const KEY = ["settings"];
const DAY_BYTES = { raw_days: "raw_bytes_per_day", minute_days: "minute_bytes_per_day", hour_days: "hour_bytes_per_day" } as const;

/** For how long history is kept, and what that takes. */
export function HistoryPage() {
  const say = useAccountWords();
  const isAdmin = useMay("admin");
  const settings = useQuery({ queryKey: KEY, queryFn: () => answer(client.GET("/api/settings")), enabled: isAdmin });
  const cost = useQuery({
    queryKey: ["history-cost"],
    queryFn: () => answer(client.GET("/api/settings/history-cost")),
    enabled: isAdmin,
  });
  return (
    <div className={styles.page}>
      <h1>{say("history.title")}</h1>
      {!isAdmin && <p>{say("problem.forbidden")}</p>}
      {isAdmin && !settings.data && <Asked isLoading={settings.isLoading} error={settings.error} retry={() => void settings.refetch()} />}
      {settings.data && <RetentionForm retention={settings.data.history} cost={cost.data ?? null} />}
    </div>
  );
}

type Texts = Record<(typeof TIERS)[number], string>;

/** What all tiers together take in the end; or the growth of a year, when one of them is kept for ever. */
function CostLine({ cost, texts }: { cost: Cost; texts: Texts }) {
  const say = useAccountWords();
  const { bytes } = useNumbers();
  const endless = TIERS.filter((tier) => Number(texts[tier]) === 0);
  const sum = (tiers: readonly (typeof TIERS)[number][], days: (tier: (typeof TIERS)[number]) => number) =>
    bytes(tiers.reduce((all, tier) => all + cost[DAY_BYTES[tier]] * days(tier), 0));
  const size = bytes(cost.size_bytes);
  return (
    <p>
      {endless.length > 0
        ? say("history.size_grows", { size, year: sum(endless, () => 365) })
        : say("history.size", { size, end: sum(TIERS, (tier) => Number(texts[tier])) })}
    </p>
  );
}

function RetentionForm({ retention, cost }: { retention: Retention; cost: Cost | null }) {
  const say = useAccountWords();
  const { bytes } = useNumbers();
  const queries = useQueryClient();
  const deed = useDeed();
  const [texts, put] = useReducer((before: Texts, part: Partial<Texts>) => ({ ...before, ...part }), {
    raw_days: String(retention.raw_days),
    minute_days: String(retention.minute_days),
    hour_days: String(retention.hour_days),
  });
  const hint = (tier: (typeof TIERS)[number]) => {
    if (!cost) return say("history.days");
    const day = cost[DAY_BYTES[tier]];
    const days = Number(texts[tier]);
    const words =
      days === 0 ? say("history.cost_day", { day: bytes(day) }) : say("history.cost", { day: bytes(day), all: bytes(day * days) });
    return `${say("history.days")} ${words}`;
  };
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
      {cost && <CostLine cost={cost} texts={texts} />}
      <form className={form.form} onSubmit={submit}>
        {TIERS.map((tier) => (
          <Field
            key={tier}
            label={say(`history.${tier}`)}
            hint={hint(tier)}
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
