// i18next with English inside (but for the words of services) and every other language fetched when it is wanted.
import i18next, { type BackendModule, type ReadCallback, type ResourceLanguage } from "i18next";
import { initReactI18next } from "react-i18next";
import account from "./en/account.json";
import fleet from "./en/fleet.json";
import frame from "./en/frame.json";
import { firstSpoken, LANGUAGES, type Language, languageOf, NAMESPACES } from "./languages";

const KEY = "monitorix.language";
const files = import.meta.glob<ResourceLanguage>(["./*/*.json", "!./en/account.json", "!./en/fleet.json", "!./en/frame.json"], {
  import: "default",
});

const fetched: BackendModule = {
  type: "backend",
  init: () => undefined,
  read: (language: string, namespace: string, done: ReadCallback) => {
    const file = files[`./${language}/${namespace}.json`];
    if (!file) return done(new Error(`${language}/${namespace}`), false);
    file().then(
      (words) => done(null, words),
      (error: Error) => done(error, true),
    );
  },
};

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export async function startWords(): Promise<void> {
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = language;
  });
  await i18next
    .use(fetched)
    .use(initReactI18next)
    .init({
      lng: firstSpoken([remembered(), ...navigator.languages]),
      fallbackLng: "en",
      supportedLngs: LANGUAGES.map((language) => language.code),
      ns: [...NAMESPACES],
      defaultNS: "frame",
      resources: { en: { account, fleet, frame } },
      partialBundledLanguages: true,
      returnNull: false,
      interpolation: { escapeValue: false },
      react: { useSuspense: false },
    });
}

/** Words that come with the first page that shows one; a change of language brings them along from then on. */
const read = async (namespace: string): Promise<void> => {
  if (i18next.isInitialized) await i18next.loadNamespaces(namespace);
};
export const readServiceWords = () => read("services");
export const readChannelWords = () => read("channels");
/** Why a service is down is said in the words of services. */
export const readAlertWords = async (): Promise<void> => {
  await Promise.all([read("alerts"), readServiceWords()]);
};
export const readQuietWords = () => read("quiet");

/** Speaks this language from now on; null = the browser's. Kept on this machine; the profile keeps it per person. */
export async function speak(language: Language | null): Promise<void> {
  try {
    if (language) localStorage.setItem(KEY, language);
    else localStorage.removeItem(KEY);
  } catch {
    // Then it holds for this visit only.
  }
  await i18next.changeLanguage(language ?? firstSpoken(navigator.languages));
}

export const spoken = (): Language => languageOf(i18next.language) ?? "en";
