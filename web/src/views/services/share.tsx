// An uptime as it may be told: cut, never rounded up, and with the share of the time it is known for where that is not all.
import type { UptimeShare } from "../../fleet/nouns";
import type { Numbers } from "../../fleet/numbers";
import type { Words } from "../../fleet/words";
import styles from "./heartbeat.module.css";

/** Above this share of known time nothing is said of the rest. */
const WHOLE = 0.999;

interface ShareProps {
  share: UptimeShare;
  t: Words;
  numbers: Numbers;
}

export function knownText({ share, t, numbers }: ShareProps): string | null {
  const known = share.coverage_ratio;
  if (share.uptime_percent === null || known === null || known >= WHOLE) return null;
  return t("fleet:uptime.known", { share: numbers.percent(Math.floor(known * 1000) / 1000) });
}

export function Share(props: ShareProps) {
  const { share, t, numbers } = props;
  const known = knownText(props);
  return (
    <span className={styles.share} title={known ?? undefined}>
      {numbers.share(share.uptime_percent)}
      {known !== null && (
        <span className={styles.known}>
          <br />
          {t("list.known", { share: numbers.wholePercent(Math.floor((share.coverage_ratio ?? 0) * 100) / 100) })}
        </span>
      )}
    </span>
  );
}
