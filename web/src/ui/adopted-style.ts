// Stands in for react-style-singleton (see vite.config.ts): the same hooks over document.adoptedStyleSheets, because
// the page's CSP has style-src 'self' and a <style> element written by a script would be refused.
import { useInsertionEffect } from "react";

interface Held {
  sheet: CSSStyleSheet;
  count: number;
}

function hold(held: Held | null, css: string): Held {
  if (held) {
    held.count += 1;
    return held;
  }
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  return { sheet, count: 1 };
}

function release(held: Held | null): Held | null {
  if (!held) return null;
  held.count -= 1;
  if (held.count > 0) return held;
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== held.sheet);
  return null;
}

export function stylesheetSingleton() {
  let held: Held | null = null;
  return {
    add: (css: string) => {
      held = hold(held, css);
    },
    remove: () => {
      held = release(held);
    },
  };
}

export function styleHookSingleton() {
  const sheet = stylesheetSingleton();
  return (styles: string, isDynamic?: boolean) => {
    // biome-ignore lint/correctness/useExhaustiveDependencies: as in the original, static styles are written once
    useInsertionEffect(() => {
      sheet.add(styles);
      return () => sheet.remove();
    }, [styles && isDynamic]);
  };
}

export function styleSingleton() {
  const useStyle = styleHookSingleton();
  return function Style({ styles, dynamic }: { styles: string; dynamic?: boolean }) {
    useStyle(styles, dynamic);
    return null;
  };
}
