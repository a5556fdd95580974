import { type FormEvent, useReducer } from "react";
import { client } from "../../api/client";
import { answer } from "../../api/problem";
import { type Me, useSession } from "../../api/session";
import { speak } from "../../i18n/words";
import { tellField, tellRest, useAccountWords } from "../../parts/account-words";
import { Field, SelectField } from "../../parts/field";
import styles from "../../parts/form.module.css";
import { Refusal } from "../../parts/refusal";
import { useDeed } from "../../parts/use-deed";
import { Button } from "../../ui/button";

const LANGUAGES = { en: "English", nb: "Norsk bokmål", sv: "Svenska", da: "Dansk", fi: "Suomi", de: "Deutsch", fr: "Français" } as const;
const THEMES = ["system", "light", "dark"] as const;

type Language = keyof typeof LANGUAGES;
type Theme = (typeof THEMES)[number];

const asLanguage = (text: string): Language | null => (text in LANGUAGES ? (text as Language) : null);
const asTheme = (text: string): Theme => THEMES.find((theme) => theme === text) ?? "system";

export function ProfileForm({ me }: { me: Me }) {
  const say = useAccountWords();
  const put = useSession((session) => session.put);
  const saving = useDeed();
  const [form, change] = useReducer((before: FormState, part: Partial<FormState>) => ({ ...before, ...part }), {
    email: me.email,
    language: me.language ?? "",
    theme: me.theme ?? "system",
    time_zone: me.time_zone ?? "",
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const language = asLanguage(form.language);
    const body = {
      // An address that did not change is not sent: an account may have none.
      ...(form.email !== me.email && { email: form.email.trim() }),
      language,
      theme: asTheme(form.theme),
      time_zone: form.time_zone === "" ? null : form.time_zone,
    };
    void saving.run(async () => {
      put(await answer(client.PUT("/api/auth/me", { body })));
      await speak(language);
    });
  };
  const wrong = (field: string) => tellField(say, saving.problem, field);

  return (
    <form className={styles.form} onSubmit={submit}>
      <SelectField
        label={say("field.language")}
        value={form.language}
        choices={[{ value: "", label: say("profile.ofBrowser") }, ...Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))]}
        onText={(language) => change({ language })}
        wrong={wrong("language")}
      />
      <SelectField
        label={say("field.theme")}
        value={form.theme}
        choices={THEMES.map((value) => ({ value, label: say(`theme.${value}`) }))}
        onText={(theme) => change({ theme })}
        wrong={wrong("theme")}
      />
      <SelectField
        label={say("field.timeZone")}
        value={form.time_zone}
        choices={zoneChoices(form.time_zone, say("profile.ofBrowser"))}
        onText={(time_zone) => change({ time_zone })}
        wrong={wrong("time_zone")}
      />
      <Field
        label={say("field.email")}
        type="email"
        value={form.email}
        onText={(email) => change({ email })}
        wrong={wrong("email")}
        autoComplete="email"
        maxLength={254}
      />
      <Refusal text={tellRest(say, saving.problem, ["email", "language", "theme", "time_zone"])} />
      <div className={styles.row}>
        <Button type="submit" look="main" disabled={saving.isBusy}>
          {say("save")}
        </Button>
        {saving.isDone ? <output className={styles.good}>{say("saved")}</output> : null}
      </div>
    </form>
  );
}

interface FormState {
  email: string;
  language: string;
  theme: string;
  time_zone: string;
}

function zoneChoices(own: string, ofBrowser: string) {
  const zones = new Set(["UTC", ...Intl.supportedValuesOf("timeZone")]);
  if (own) zones.add(own);
  return [{ value: "", label: ofBrowser }, ...[...zones].sort().map((zone) => ({ value: zone, label: zone }))];
}
