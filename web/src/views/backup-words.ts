// How often a backup is wanted, and why a guest is in its state, in the language of the page.
import { useCallback } from "react";
import type { BackupCoverage } from "../fleet/nouns";
import { useNumbers } from "../fleet/numbers";
import { useWords } from "../fleet/words";

export function useWanted(): (hours: number | null) => string {
  const t = useWords();
  const numbers = useNumbers();
  return useCallback(
    (hours) => (hours === null ? t("backups.everyUnknown") : t("backups.every", { duration: numbers.duration(hours * 3600) })),
    [t, numbers],
  );
}

/** What a newer server says in a code of its own is said as it came, in English. */
export function useWhy(): (of: BackupCoverage) => string {
  const t = useWords();
  return useCallback(
    (of) => {
      const { disks, hours } = of.reason_params;
      const count = disks ?? hours;
      return t(`backups.why.${of.reason_code}`, {
        ...of.reason_params,
        ...(typeof count === "number" && { count }),
        defaultValue: of.reason,
      });
    },
    [t],
  );
}
