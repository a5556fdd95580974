// Which time a page shows: the last so many hours, moving along, or a fixed window. It stands in the address, so that
// a link shows to others what one sees.
import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

export const SPANS = ["1h", "6h", "24h", "7d", "30d", "1y"] as const;
export type Span = (typeof SPANS)[number];

const SECONDS: Record<Span, number> = { "1h": 3600, "6h": 21_600, "24h": 86_400, "7d": 604_800, "30d": 2_592_000, "1y": 31_536_000 };
const SHORTEST = 60;

export const COMPARISONS = ["none", "day", "week"] as const;
export type Comparison = (typeof COMPARISONS)[number];
const EARLIER: Record<Comparison, number> = { none: 0, day: 86_400, week: 604_800 };

/** All in seconds; `to` null = now. */
export interface Range {
  span: Span | null;
  seconds: number;
  to: number | null;
}

const isSpan = (text: string | null): text is Span => SPANS.some((span) => span === text);
const isComparison = (text: string | null): text is Comparison => COMPARISONS.some((one) => one === text);

/** The hour until now for everything that is no range. */
export function rangeOf(params: URLSearchParams): Range {
  const from = Number(params.get("from"));
  const to = Number(params.get("to"));
  if (Number.isInteger(from) && Number.isInteger(to) && from > 0 && to - from >= SHORTEST) return { span: null, seconds: to - from, to };
  const wish = params.get("range");
  const span = isSpan(wish) ? wish : "1h";
  return { span, seconds: SECONDS[span], to: null };
}

/** The window half a span earlier or later; one that reaches into the future ends now. */
export function shifted(range: Range, direction: -1 | 1, now: number): { from: number; to: number } | null {
  const to = Math.round((range.to ?? now) + (direction * range.seconds) / 2);
  return to >= now ? null : { from: to - Math.round(range.seconds), to };
}

export interface RangeControl {
  range: Range;
  comparison: Comparison;
  /** How much earlier the compared line is, in seconds; 0 = none. */
  earlier: number;
  choose: (span: Span) => void;
  zoom: (from: number, to: number) => void;
  shift: (direction: -1 | 1) => void;
  compare: (comparison: Comparison) => void;
}

export function useRange(): RangeControl {
  const [params, setParams] = useSearchParams();
  const text = params.toString();
  const range = useMemo(() => rangeOf(new URLSearchParams(text)), [text]);
  const edit = useCallback(
    (change: (next: URLSearchParams) => void) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          change(next);
          return next;
        },
        { replace: true, preventScrollReset: true },
      ),
    [setParams],
  );
  const put = useCallback(
    (window: { from: number; to: number } | null, span: Span | null) =>
      edit((next) => {
        for (const name of ["from", "to", "range"]) next.delete(name);
        if (window) {
          next.set("from", String(window.from));
          next.set("to", String(window.to));
        } else if (span && span !== "1h") next.set("range", span);
      }),
    [edit],
  );
  const wish = params.get("compare");
  const comparison = isComparison(wish) ? wish : "none";
  return {
    range,
    comparison,
    earlier: EARLIER[comparison],
    choose: (span) => put(null, span),
    zoom: (from, to) => {
      const middle = (from + to) / 2;
      const half = Math.max(SHORTEST, to - from) / 2;
      put({ from: Math.round(middle - half), to: Math.round(middle + half) }, null);
    },
    shift: (direction) => {
      const window = shifted(range, direction, Math.floor(Date.now() / 1000));
      put(window, window ? null : range.span);
    },
    compare: (next) =>
      edit((all) => {
        if (next === "none") all.delete("compare");
        else all.set("compare", next);
      }),
  };
}

/** Whether charts show what happened; that they do not stands in the address as well. */
export function useMarksShown(): [isShown: boolean, show: (isShown: boolean) => void] {
  const [params, setParams] = useSearchParams();
  const show = useCallback(
    (isShown: boolean) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          if (isShown) next.delete("marks");
          else next.set("marks", "off");
          return next;
        },
        { replace: true, preventScrollReset: true },
      ),
    [setParams],
  );
  return [params.get("marks") !== "off", show];
}
