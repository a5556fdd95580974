/** Tells when the colours of the page change, by choice or with the system's; the answer ends the telling. */
export function onThemeChange(then: () => void): () => void {
  const watcher = new MutationObserver(then);
  watcher.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const system = globalThis.matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", then);
  return () => {
    watcher.disconnect();
    system.removeEventListener("change", then);
  };
}
