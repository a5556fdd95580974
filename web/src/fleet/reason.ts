// What the server gives as a reason or finds as a doctor, in the language of the page. What this page has no words for
// (a newer server) is said as it came, in English.
import { useCallback } from "react";
import type { BackupServer, Cluster, DoctorCheck, Endpoint } from "./nouns";
import { type Numbers, useNumbers } from "./numbers";
import { useWords, type Words } from "./words";

type Params = DoctorCheck["params"];

/** Counts with a plural of their own; other numbers are measures. */
const COUNTED = new Set(["members", "endpoints", "rows", "days", "requests", "privileges", "packages"]);

function worded(name: string, value: string | number, t: Words, numbers: Numbers): string {
  if (typeof value === "string") return value;
  if (name === "bytes") return numbers.bytes(value);
  if (name === "seconds") return numbers.duration(value);
  if (name === "percent") return numbers.wholePercent(value / 100);
  return COUNTED.has(name) ? t(`count.${name}`, { count: value }) : numbers.count(value);
}

/** `of` is the part of the words that knows the codes. */
export function useReason(of: "reason" | "risk" = "reason"): (code: string | null, params: Params, text: string) => string {
  const t = useWords();
  const numbers = useNumbers();
  return useCallback(
    (code, params, text) => {
      if (code === null) return text;
      const values = Object.entries(params).map(([name, value]) => [name, worded(name, value, t, numbers)]);
      // This one right costs more than to be read.
      const word = code === "privilege_missing" && params.privilege === "VM.Monitor" ? "privilege_missing_monitor" : code;
      return t(`${of}.${word}`, { ...Object.fromEntries(values), defaultValue: text });
    },
    [of, t, numbers],
  );
}

/** Why a connection or one of its addresses is as it is; null when there is nothing to say. */
export function useTrouble(of: Cluster | Endpoint | BackupServer): string | null {
  const reason = useReason();
  return of.last_error === null ? null : reason(of.last_error_code, of.last_error_params, of.last_error);
}
