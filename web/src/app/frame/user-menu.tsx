import { User } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useMay, useSession } from "../../api/session";
import { useFrameWords } from "../../i18n/frame";
import { LANGUAGES, languageOf } from "../../i18n/languages";
import { Menu, MenuChoice, MenuHead, MenuItem, MenuLine } from "../../ui/menu";
import { SETTINGS_PAGES } from "../pages";
import { chooseLanguage, chooseTheme } from "../taste";
import { asTheme, THEMES, useTheme } from "../theme";
import styles from "./shell.module.css";

export function UserMenu({ onKeys }: { onKeys: () => void }) {
  const t = useFrameWords();
  const { i18n } = useTranslation("frame");
  const navigate = useNavigate();
  const me = useSession((session) => session.me);
  const signOut = useSession((session) => session.signOut);
  const isAdmin = useMay("admin");
  const theme = useTheme((state) => state.theme);
  const language = languageOf(i18n.language) ?? "en";
  const trigger = (
    <button type="button" className={styles.icon} aria-label={t("user.menu")} title={me?.username}>
      <User size={17} aria-hidden="true" />
    </button>
  );
  return (
    <Menu trigger={trigger}>
      {me && <MenuHead>{me.username}</MenuHead>}
      {SETTINGS_PAGES.filter((page) => page.least === "viewer" || isAdmin).map((page) => (
        <MenuItem key={page.path} onChoose={() => void navigate(page.path)}>
          {t(page.word)}
        </MenuItem>
      ))}
      <MenuItem onChoose={onKeys}>{t("keys.title")}</MenuItem>
      <MenuLine />
      <MenuChoice
        label={t("user.language")}
        value={language}
        choices={LANGUAGES.map(({ code, name }) => ({ value: code, label: name, lang: code }))}
        onChange={(value) => chooseLanguage(languageOf(value) ?? "en")}
      />
      <MenuChoice
        label={t("user.theme")}
        value={theme}
        choices={THEMES.map((value) => ({ value, label: t(`user.${value}`) }))}
        onChange={(value) => chooseTheme(asTheme(value))}
      />
      <MenuLine />
      <MenuItem onChoose={() => void signOut()}>{t("user.signOut")}</MenuItem>
    </Menu>
  );
}
