// How the language of the page writes dates, as the browser's own region does.
import { useTranslation } from "react-i18next";
import { localeOf } from "../../../i18n/languages";

export function useLocale(): string {
  const { i18n } = useTranslation("quiet");
  return localeOf(i18n.language, navigator.languages);
}
