// Light, dark, or as the system wishes. public/theme.js reads the same key before the first paint.
import { create } from "zustand";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "monitorix.theme";
export const asTheme = (text: string | null | undefined): Theme => THEMES.find((theme) => theme === text) ?? "system";

function remembered(): Theme {
  try {
    return asTheme(localStorage.getItem(KEY));
  } catch {
    return "system";
  }
}

export const useTheme = create<{ theme: Theme }>()(() => ({ theme: remembered() }));

export function wear(theme: Theme): void {
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Then it holds for this visit only.
  }
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  useTheme.setState({ theme });
}
