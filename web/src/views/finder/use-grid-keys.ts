// j k arrows Home End Page move, Enter opens, x selects, / goes to the search line. Nowhere while one types.
import { useEffect } from "react";

export interface GridKeys {
  count: number;
  current: number;
  move: (to: number) => void;
  open: () => void;
  select: () => void;
  search: () => void;
}

const PAGE = 20;

function target(key: string, current: number, count: number): number | null {
  const last = count - 1;
  switch (key) {
    case "j":
    case "ArrowDown":
      return Math.min(last, current + 1);
    case "k":
    case "ArrowUp":
      return Math.max(0, current - 1);
    case "PageDown":
      return Math.min(last, current + PAGE);
    case "PageUp":
      return Math.max(0, current - PAGE);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}

const isTyping = (element: EventTarget | null): boolean =>
  element instanceof HTMLElement && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

export function useGridKeys(keys: GridKeys): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
      if (document.querySelector("[role=dialog], dialog[open]")) return;
      const isOnControl = event.target instanceof HTMLElement && event.target.closest("button, a") !== null;
      const to = target(event.key, keys.current, keys.count);
      if (event.key === "/") keys.search();
      else if (to !== null && keys.count > 0) keys.move(to);
      else if (event.key === "Enter" && !isOnControl && keys.current >= 0) keys.open();
      else if (event.key === "x" && keys.current >= 0) keys.select();
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener("keydown", onKey, { capture: true });
    return () => document.removeEventListener("keydown", onKey, { capture: true });
  });
}
