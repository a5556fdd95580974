import { useSession } from "../../api/session";
import { useAccountWords } from "../../parts/account-words";
import { SignalsPanel } from "../../views/alerts/signals-panel";
import { useAlertWords } from "../../views/alerts/words";
import { PasswordForm } from "./password-form";
import { ProfileForm } from "./profile-form";
import { SessionList } from "./session-list";
import styles from "./settings.module.css";

/** The person's own account: how things look and read, the password, where they are signed in. */
export function ProfilePage() {
  const say = useAccountWords();
  const t = useAlertWords();
  const me = useSession((session) => session.me);
  if (!me) return null;
  return (
    <div className={styles.page}>
      <h1>{say("profile.title")}</h1>
      <section className={styles.panel} aria-label={me.username}>
        <h2>
          {me.username} <span className={styles.quiet}>{say(`role.${me.role}`)}</span>
        </h2>
        <ProfileForm me={me} />
      </section>
      <section className={styles.panel} aria-label={t("signals.title")}>
        <h2>{t("signals.title")}</h2>
        <SignalsPanel />
      </section>
      <section className={styles.panel} aria-label={say("password.title")}>
        <h2>{say("password.title")}</h2>
        <PasswordForm username={me.username} />
      </section>
      <section className={styles.panel} aria-label={say("sessions.title")}>
        <h2>{say("sessions.title")}</h2>
        <SessionList />
      </section>
    </div>
  );
}
