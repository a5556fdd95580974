// Numbers as people say them, in the language of the page; unknown is an en dash. The rules themselves live in format/.
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { formatBytes, formatRate } from "../format/bytes";
import { formatDuration } from "../format/duration";
import { formatCount, formatDecimal, formatMillis, formatPercent } from "../format/ratio";
import { formatAgo, formatMoment } from "../format/time";
import { localeOf } from "../i18n/languages";

type Maybe<T> = T | null | undefined;

export interface Numbers {
  percent: (ratio: Maybe<number>) => string;
  /** For the marks of an axis. */
  wholePercent: (ratio: Maybe<number>) => string;
  /** Percents with two digits, cut rather than rounded up: only what is whole is 100 %. */
  share: (percent: Maybe<number>) => string;
  bytes: (bytes: Maybe<number>) => string;
  rate: (bytesPerSecond: Maybe<number>) => string;
  count: (count: Maybe<number>) => string;
  decimal: (value: Maybe<number>) => string;
  millis: (ms: Maybe<number>) => string;
  /** Seconds, told as milliseconds. */
  latency: (seconds: Maybe<number>) => string;
  duration: (seconds: Maybe<number>) => string;
  /** How long since: "7 min". */
  age: (time: Maybe<string>) => string;
  /** "2 minutes ago" */
  ago: (time: Maybe<string>) => string;
  moment: (time: Maybe<string>) => string;
}

function numbersOf(language: string): Numbers {
  return {
    percent: (ratio) => formatPercent(ratio ?? null, language),
    wholePercent: (ratio) => formatPercent(ratio ?? null, language, 0),
    share: (percent) =>
      formatPercent(percent === null || percent === undefined ? null : Math.floor(percent * 100 + 1e-6) / 10_000, language, 2),
    bytes: (bytes) => formatBytes(bytes ?? null, language),
    rate: (rate) => formatRate(rate ?? null, language),
    count: (count) => formatCount(count ?? null, language),
    decimal: (value) => formatDecimal(value ?? null, language),
    millis: (ms) => formatMillis(ms ?? null, language),
    latency: (seconds) => formatMillis(seconds === null || seconds === undefined ? null : seconds * 1000, language),
    duration: (seconds) => formatDuration(seconds ?? null, language),
    age: (time) => formatDuration(time ? Math.max(0, (Date.now() - Date.parse(time)) / 1000) : null, language),
    ago: (time) => formatAgo(time ?? null, language, Date.now()),
    moment: (time) => formatMoment(time ?? null, language),
  };
}

const made = new Map<string, Numbers>();

export function useNumbers(): Numbers {
  const { i18n } = useTranslation("fleet");
  return useMemo(() => {
    const numbers = made.get(i18n.language) ?? numbersOf(localeOf(i18n.language, navigator.languages));
    made.set(i18n.language, numbers);
    return numbers;
  }, [i18n.language]);
}
