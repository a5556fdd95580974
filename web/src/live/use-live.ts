// What a page takes from the live world: a stream kept up to date while it is shown, one object, the state of the line.
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useShallow } from "zustand/react/shallow";
import { subscriptions, togglePause } from "./line";
import { type LineState, type Phase, useLineStatus } from "./status";
import { type Stream, useWorld, type World } from "./world";

export type { Stream } from "./world";

export interface StreamsState {
  phase: Phase;
  isStale: boolean;
}

const WORST: readonly Phase[] = ["forbidden", "failed", "loading", "ready"];

/** Keeps these streams up to date while mounted; together they are as ready as the least ready of them. */
export function useStreams(names: readonly Stream[]): StreamsState {
  const key = names.join(" ");
  useEffect(() => {
    const ends = key.split(" ").map((name) => subscriptions.want(name as Stream));
    return () => {
      for (const end of ends) end();
    };
  }, [key]);
  const phase = useLineStatus(({ phases }) => WORST.find((one) => names.some((name) => phases[name] === one)) ?? "ready");
  const isStale = useLineStatus((status) => status.isStale || status.line === "paused");
  return { phase, isStale };
}

/** The line has been away for longer than a blink, and nobody wanted that: what must be known is asked for without it. */
export const useIsCut = (): boolean => useLineStatus((status) => status.isStale && status.line !== "paused");

/** When the server was last heard on the line, as of now. */
export const lastHeardAt = (): number => useLineStatus.getState().lastMessageAt ?? 0;

type Thing<S extends Stream> = World[S] extends ReadonlyMap<string, infer T> ? T : never;

/** One object; whoever uses this is drawn again when that object changes, and only then. */
export function useEntity<S extends Stream>(stream: S, id: string): Thing<S> | undefined {
  return useWorld((world) => (world[stream] as ReadonlyMap<string, Thing<S>>).get(id));
}

/** The ids of a stream; changes only when one comes or goes. */
export function useIds(stream: Stream): readonly string[] {
  return useWorld(useShallow((world) => [...world[stream].keys()]));
}

export interface LiveState {
  line: LineState;
  /** Since the last word from the server; null = there was none yet. */
  ageSeconds: number | null;
  /** Until the next attempt; null = none is waiting. */
  retrySeconds: number | null;
  togglePause: () => void;
}

const everySecond = (tick: () => void): (() => void) => {
  const timer = setInterval(tick, 1000);
  return () => clearInterval(timer);
};
const never = (): (() => void) => () => undefined;
const wholeSecond = (): number => Math.floor(Date.now() / 1000);

/** The state of the line, counting the seconds only while it is not live. */
export function useLiveState(): LiveState {
  const line = useLineStatus((status) => status.line);
  const retryAt = useLineStatus((status) => status.retryAt);
  const isLive = line === "live";
  const now = useSyncExternalStore(isLive ? never : everySecond, isLive ? () => 0 : wholeSecond);
  return useMemo(() => {
    const heardAt = useLineStatus.getState().lastMessageAt;
    const at = isLive ? Date.now() : now * 1000;
    return {
      line,
      ageSeconds: heardAt === null ? null : Math.max(0, Math.round((at - heardAt) / 1000)),
      retrySeconds: retryAt === null ? null : Math.max(0, Math.ceil((retryAt - at) / 1000)),
      togglePause,
    };
  }, [isLive, line, now, retryAt]);
}
