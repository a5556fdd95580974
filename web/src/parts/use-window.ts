// Which rows of a long list with equal heights are on screen. React is told in steps of a few rows, not per pixel.
import { type RefObject, useEffect, useState } from "react";

const STEP = 4;
const MARGIN = 6;

export interface RowWindow {
  from: number;
  to: number;
}

export function windowAt(scrollTop: number, height: number, rowHeight: number, count: number): RowWindow {
  const first = Math.floor(scrollTop / rowHeight / STEP) * STEP;
  const seen = Math.ceil(height / rowHeight) + STEP;
  return { from: Math.max(0, Math.min(first, count) - MARGIN), to: Math.min(count, first + seen + MARGIN) };
}

export function useWindow(scroller: RefObject<HTMLElement | null>, rowHeight: number, count: number): RowWindow {
  const [seen, setSeen] = useState({ top: 0, height: 800 });
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let height = element.clientHeight || 800;
    const measure = () => {
      const top = Math.floor(element.scrollTop / rowHeight / STEP) * STEP * rowHeight;
      setSeen((before) => (before.top === top && before.height === height ? before : { top, height }));
    };
    measure();
    element.addEventListener("scroll", measure, { passive: true });
    const watcher =
      typeof ResizeObserver === "undefined"
        ? null
        : new ResizeObserver(([entry]) => {
            height = Math.round(entry?.contentRect.height ?? 0) || 800;
            measure();
          });
    watcher?.observe(element);
    return () => {
      element.removeEventListener("scroll", measure);
      watcher?.disconnect();
    };
  }, [scroller, rowHeight]);
  return windowAt(seen.top, seen.height, rowHeight, count);
}
