// How the line stands and how far each stream is; what the frame and the pages show about it.
import { create } from "zustand";
import type { Stream } from "./world";

export type Phase = "loading" | "ready" | "failed" | "forbidden";
export type LineState = "live" | "connecting" | "offline" | "paused";

export interface LineStatus {
  line: LineState;
  /** Milliseconds since 1970, by this machine's clock. */
  lastMessageAt: number | null;
  retryAt: number | null;
  /** What is shown may be old: the line has been away for longer than a blink. */
  isStale: boolean;
  phases: Readonly<Record<Stream, Phase>>;
}

const start = (): LineStatus => ({
  line: "connecting",
  lastMessageAt: null,
  retryAt: null,
  isStale: false,
  phases: {
    overview: "loading",
    clusters: "loading",
    nodes: "loading",
    vms: "loading",
    storages: "loading",
    services: "loading",
    incidents: "loading",
  },
});

export const useLineStatus = create<LineStatus>()(start);

export function resetStatus(): void {
  useLineStatus.setState(start());
}

export function setPhase(stream: Stream, phase: Phase): void {
  useLineStatus.setState((before) => (before.phases[stream] === phase ? before : { phases: { ...before.phases, [stream]: phase } }));
}

/** Without a line, a stream that never arrived has failed; one that did keeps what it has. */
export function failUnready(): void {
  useLineStatus.setState(({ phases }) => ({
    phases: Object.fromEntries(
      Object.entries(phases).map(([stream, phase]) => [stream, phase === "loading" ? "failed" : phase]),
    ) as LineStatus["phases"],
  }));
}
