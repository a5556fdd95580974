// How a job tells that it lives: lines to copy for a shell, cron, a systemd timer and PowerShell.
import { useServiceWords } from "../../fleet/services/words";
import { CopyLine } from "../../parts/copy-line";
import styles from "./push-lines.module.css";

/** Stands where the token belongs while it is not known: it is shown once and kept nowhere. */
export const NO_TOKEN = "TOKEN";

export interface PushLine {
  name: "curl" | "cron" | "systemd" | "powershell";
  text: string;
}

export function pushLines(origin: string, token: string): PushLine[] {
  const url = `${origin}/api/push/${token}`;
  return [
    { name: "curl", text: `curl -fsS -m 10 --retry 3 -o /dev/null "${url}"` },
    {
      name: "cron",
      text: `0 3 * * * /usr/local/bin/job; curl -fsS -m 10 --retry 3 -o /dev/null "${url}?exit_code=$?"`,
    },
    {
      name: "systemd",
      text: [
        "# /etc/systemd/system/job.service",
        "[Service]",
        "Type=oneshot",
        `ExecStart=/usr/local/bin/job`,
        `ExecStartPost=/usr/bin/curl -fsS -m 10 --retry 3 -o /dev/null "${url}"`,
        // Two dollar signs: the shell is to read it, not systemd.
        `ExecStopPost=/bin/sh -c 'test "$$SERVICE_RESULT" = success || curl -fsS -m 10 -o /dev/null "${url}?status=down"'`,
        "",
        "# /etc/systemd/system/job.timer",
        "[Timer]",
        "OnCalendar=daily",
        "[Install]",
        "WantedBy=timers.target",
      ].join("\n"),
    },
    {
      name: "powershell",
      text: [
        "try { & C:\\job.ps1; $status = 'up' } catch { $status = 'down' }",
        `Invoke-RestMethod -TimeoutSec 10 -Uri "${url}?status=$status" | Out-Null`,
      ].join("\n"),
    },
  ];
}

export function PushLines({ token }: { token: string | null }) {
  const t = useServiceWords();
  return (
    <div className={styles.lines}>
      <p className={styles.help}>{t(token === null ? "push.hidden" : "push.once")}</p>
      {pushLines(globalThis.location.origin, token ?? NO_TOKEN).map((line) => (
        <div key={line.name}>
          <h3 className={styles.name}>{t(`push.${line.name}`)}</h3>
          <CopyLine label={t(`push.${line.name}`)} text={line.text} />
        </div>
      ))}
      <p className={styles.help}>{t("push.more")}</p>
    </div>
  );
}
