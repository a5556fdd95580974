import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useReducer } from "react";
import { Link, Navigate, useSearchParams } from "react-router";
import { versionQuery } from "../../api/queries";
import { safeNext, useSession } from "../../api/session";
import { tellRest, useAccountWords } from "../../parts/account-words";
import { Field } from "../../parts/field";
import styles from "../../parts/form.module.css";
import { Refusal } from "../../parts/refusal";
import { useDeed } from "../../parts/use-deed";
import { Brand } from "../../ui/brand";
import { Button } from "../../ui/button";

const START = { username: "", password: "" };

/** Name and password; what was wrong is not told apart. */
export function LoginPage() {
  const say = useAccountWords();
  const [asked] = useSearchParams();
  const [form, put] = useReducer((before: typeof START, part: Partial<typeof START>) => ({ ...before, ...part }), START);
  const { phase, signIn } = useSession();
  const version = useQuery(versionQuery);
  const entry = useDeed();

  if (phase === "in") return <Navigate to={safeNext(asked.get("next"))} replace />;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void entry.run(() => signIn(form.username.trim(), form.password)).then((isIn) => isIn || put({ password: "" }));
  };
  return (
    <div className={styles.gate}>
      <main className={styles.card}>
        <Brand />
        <h1>{say("login.title")}</h1>
        {version.data?.setup_required ? (
          <p className={styles.hint}>
            {say("login.setupFirst")} <Link to="/setup">{say("setup.title")}</Link>
          </p>
        ) : null}
        <form className={styles.form} onSubmit={submit}>
          <Field
            label={say("field.username")}
            value={form.username}
            onText={(username) => put({ username })}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
          />
          <Field
            label={say("field.password")}
            type="password"
            value={form.password}
            onText={(password) => put({ password })}
            autoComplete="current-password"
            required
          />
          <Refusal text={tellRest(say, entry.problem, [])} />
          <Button type="submit" look="main" disabled={entry.isBusy}>
            {say("login.enter")}
          </Button>
        </form>
      </main>
    </div>
  );
}
