// The share of time that a guest ran or a node was online; of what is not known it says so rather than counting it.
import { client } from "../api/client";
import { useAnswer } from "../fleet/ask";
import { useNumbers } from "../fleet/numbers";
import { useWords } from "../fleet/words";

const SPANS = [
  { word: "range.24h", hours: 24, every: 300_000 },
  { word: "range.7d", hours: 168, every: 1_800_000 },
  { word: "range.30d", hours: 720, every: 3_600_000 },
] as const;
/** Above this share of known time nothing is said of the rest. */
const WHOLE = 0.999;
/** Below this share of known time the number would say nothing. */
const LEAST = 0.01;

interface UptimeProps {
  kind: "vms" | "nodes";
  id: string;
}

function useUptime({ kind, id }: UptimeProps, hours: number, every: number) {
  const params = { params: { path: { id }, query: { hours } } };
  const ask = () => (kind === "vms" ? client.GET("/api/vms/{id}/uptime", params) : client.GET("/api/nodes/{id}/uptime", params));
  return useAnswer(["uptime", kind, id, String(hours)], ask, every).data;
}

function Share({ kind, id, word, hours, every }: UptimeProps & (typeof SPANS)[number]) {
  const t = useWords();
  const numbers = useNumbers();
  const uptime = useUptime({ kind, id }, hours, every);
  const known = uptime?.coverage_ratio ?? null;
  const hint = known === null ? "" : t("uptime.known", { share: numbers.percent(Math.floor(known * 1000) / 1000) });
  const isEnough = known !== null && known >= LEAST;
  return (
    <span title={hint}>
      {t(word)}: {numbers.share(isEnough ? uptime?.uptime_percent : null)}
      {isEnough && known < WHOLE && ` (${hint})`}
    </span>
  );
}

export function Uptime({ kind, id }: UptimeProps) {
  return (
    <>
      {SPANS.map((span, i) => (
        <span key={span.word}>
          {i > 0 && " · "}
          <Share kind={kind} id={id} {...span} />
        </span>
      ))}
    </>
  );
}
