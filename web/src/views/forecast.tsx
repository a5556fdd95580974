// When something will be full, with the range and the reason when nobody can say.
import { client } from "../api/client";
import { useAnswer } from "../fleet/ask";
import type { Forecast } from "../fleet/nouns";
import { useNumbers } from "../fleet/numbers";
import { useWords } from "../fleet/words";
import { Answered } from "../parts/edges";
import { Panel } from "../parts/panel";
import styles from "./forecast.module.css";

const HOUR_MS = 3_600_000;

function useForecast(object: string) {
  return useAnswer(["forecast", object], () => client.GET("/api/metrics/forecast", { params: { query: { object } } }), HOUR_MS);
}

const whole = (days: number) => Math.max(1, Math.round(days));

/** "Full in about 41 days", or why no day is named. */
function useSentence(): (forecast: Forecast) => string {
  const t = useWords();
  return ({ days_left, low_days, reason }) => {
    if (days_left !== null) return days_left === 0 ? t("forecast.now") : t("forecast.full", { count: whole(days_left) });
    if (reason === "no_clear_trend" && low_days !== null) return t("forecast.earliest", { count: whole(low_days) });
    return t(`forecast.reason.${reason ?? "too_little_data"}`);
  };
}

/** "32–60 days"; open to the right when it may as well never be full. */
function useSpan(): (forecast: Forecast) => string {
  const t = useWords();
  return ({ days_left, low_days, high_days }) => {
    if (days_left === null || days_left === 0 || low_days === null) return "";
    if (high_days === null) return t("forecast.open", { low: whole(low_days) });
    return t("forecast.span", { low: whole(low_days), high: whole(high_days) });
  };
}

/** For a list of facts; nothing while it is not known. */
export function ForecastLine({ object }: { object: string }) {
  const forecast = useForecast(object).data;
  const sentence = useSentence();
  const span = useSpan();
  if (!forecast || forecast.days_left === null) return null;
  return (
    <span className={styles.line}>
      {sentence(forecast)} {span(forecast) && `(${span(forecast)})`}
    </span>
  );
}

export function ForecastPanel({ object }: { object: string }) {
  const t = useWords();
  const numbers = useNumbers();
  const answer = useForecast(object);
  const sentence = useSentence();
  const span = useSpan();
  return (
    <Panel title={t("forecast.title")}>
      <Answered answer={answer}>
        {(forecast) => (
          <div className={styles.forecast}>
            <p className={styles.sentence}>
              <b>{sentence(forecast)}</b> {span(forecast) && <span>({span(forecast)})</span>}
            </p>
            {forecast.basis_days > 0 && (
              <p className={styles.basis} title={forecast.method}>
                {t("forecast.basis", { count: forecast.basis_days })}
                {forecast.days_left !== null && ` ${t("forecast.confidence", { share: numbers.wholePercent(forecast.confidence_ratio) })}`}
              </p>
            )}
          </div>
        )}
      </Answered>
    </Panel>
  );
}
