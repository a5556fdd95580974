// The keys of the frame. Never a browser's own shortcut, and never while somebody types.
import { useEffect, useEffectEvent } from "react";
import { useNavigate } from "react-router";
import { PAGES } from "../pages";

const PREFIX_MS = 1500;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input, textarea, select") || target.closest("[role=dialog], [role=menu]") !== null);

interface KeysOf {
  onSearch: () => void;
  onHelp: () => void;
}

export function useKeys({ onSearch, onHelp }: KeysOf): void {
  const navigate = useNavigate();
  const press = useEffectEvent((event: KeyboardEvent, isAfterG: boolean): "g" | null => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      onSearch();
      return null;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return null;
    if (isAfterG) {
      const page = PAGES.find((one) => one.key === event.key);
      if (page) {
        event.preventDefault();
        void navigate(page.path);
        return null;
      }
    }
    if (event.key === "g") return "g";
    if (event.key === "?") onHelp();
    else if (event.key === "/") toFilter(onSearch);
    else return null;
    event.preventDefault();
    return null;
  });

  useEffect(() => {
    let since = 0;
    const onKey = (event: KeyboardEvent) => {
      const isAfterG = since > 0 && event.timeStamp - since < PREFIX_MS;
      since = press(event, isAfterG) === "g" ? event.timeStamp : 0;
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

/** A page with a search field of its own has it focused; elsewhere the palette opens. */
function toFilter(otherwise: () => void): void {
  const field = document.querySelector<HTMLInputElement>("main input[type=search], main input[role=combobox], main [role=search] input");
  field?.focus();
  field?.select();
  if (!field) otherwise();
}
