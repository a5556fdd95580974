// Language and theme of the person signed in: worn when they come, kept in their profile when they choose another.
import { client } from "../api/client";
import { useSession } from "../api/session";
import { setTimeZone } from "../format/time";
import { type Language, languageOf } from "../i18n/languages";
import { speak } from "../i18n/words";
import { asTheme, type Theme, wear } from "./theme";

/** From now on the page looks and reads as the profile says. What it does not say stays as it is. */
export function followProfile(): void {
  useSession.subscribe(({ me }, { me: before }) => {
    if (!me || me === before) return;
    setTimeZone(me.time_zone);
    if (me.theme && me.theme !== before?.theme) wear(asTheme(me.theme));
    if (me.language !== before?.language && (me.language || before)) void speak(languageOf(me.language));
  });
}

export function chooseLanguage(language: Language): void {
  void speak(language);
  keep({ language });
}

export function chooseTheme(theme: Theme): void {
  wear(theme);
  keep({ theme });
}

/** The choice holds at once and on this machine; without a line the profile simply keeps the old one. */
function keep(part: { language: Language } | { theme: Theme }): void {
  if (useSession.getState().phase !== "in") return;
  client.PUT("/api/auth/me", { body: part }).then(
    ({ data }) => data && useSession.getState().put(data),
    () => undefined,
  );
}
