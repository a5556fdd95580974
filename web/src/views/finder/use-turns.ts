// When a long list is arranged anew: every ten seconds, but never under a pointer that is reading.
import { useCallback, useEffect, useReducer, useRef } from "react";

const RESORT_MS = 10_000;

export interface Turns {
  /** Another number each time. */
  turn: number;
  /** A pointer is reading. */
  isHeld: () => boolean;
  hold: (held: boolean) => void;
}

export function useTurns(): Turns {
  const held = useRef(false);
  const [turn, nextTurn] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!held.current && !document.hidden) nextTurn();
    }, RESORT_MS);
    return () => clearInterval(timer);
  }, []);
  const hold = useCallback((isReading: boolean) => {
    held.current = isReading;
  }, []);
  const isHeld = useCallback(() => held.current, []);
  return { turn, isHeld, hold };
}
