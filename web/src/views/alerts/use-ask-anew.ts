// Asks anew when a version has moved: at once, and then not again within the pause, so that a storm of changes costs a
// question a second. Without a line there are no versions; the caller's own interval asks then.
import { useEffect, useEffectEvent, useRef } from "react";

const PAUSE_MS = 1000;

export function useAskAnew(version: unknown, ask: () => unknown, pause = PAUSE_MS): void {
  const asked = useEffectEvent(ask);
  const last = useRef({ version, at: 0 });
  useEffect(() => {
    if (last.current.version === version) return;
    const run = () => {
      last.current = { version, at: Date.now() };
      asked();
    };
    const wait = last.current.at + pause - Date.now();
    if (wait <= 0) return run();
    const timer = setTimeout(run, wait);
    return () => clearTimeout(timer);
  }, [version, pause]);
}
