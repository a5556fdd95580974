// The languages, which of them a browser's wish means, and how the words of one are fetched.

export const LANGUAGES = [
  { code: "en", name: "English" },
  { code: "nb", name: "Norsk bokmål" },
  { code: "sv", name: "Svenska" },
  { code: "da", name: "Dansk" },
  { code: "fi", name: "Suomi" },
  { code: "de", name: "Deutsch" },
  { code: "fr", name: "Français" },
] as const;

export type Language = (typeof LANGUAGES)[number]["code"];
export const NAMESPACES = ["frame", "fleet", "account"] as const;

const NORWEGIAN = new Set(["no", "nn"]);

/** "no", "nn-NO", "de_CH" -> one of ours; null for a language we do not speak. */
export function languageOf(wish: string | null | undefined): Language | null {
  const short = wish?.toLowerCase().split(/[-_]/)[0] ?? "";
  const code = NORWEGIAN.has(short) ? "nb" : short;
  return LANGUAGES.find((language) => language.code === code)?.code ?? null;
}

/** How numbers and dates are written in a language: as the browser's own region does, where it speaks that language. */
export function localeOf(language: string, wishes: readonly string[]): string {
  return wishes.find((wish) => wish.includes("-") && languageOf(wish) === language && !wish.toLowerCase().startsWith("nn")) ?? language;
}

/** The first wish that we can speak, else English. */
export function firstSpoken(wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    const language = languageOf(wish);
    if (language) return language;
  }
  return "en";
}
