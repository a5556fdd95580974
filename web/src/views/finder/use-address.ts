import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** Puts one value into the address; an empty one is taken out. */
export function useAddress(): (name: string, value: string) => void {
  const [, ask] = useSearchParams();
  return useCallback(
    (name, value) =>
      ask(
        (before) => {
          const next = new URLSearchParams(before);
          if (value === "") next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
    [ask],
  );
}
