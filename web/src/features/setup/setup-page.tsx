import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useReducer } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { client } from "../../api/client";
import { answer } from "../../api/problem";
import { clustersQuery, passwordQuery, versionQuery } from "../../api/queries";
import { useSession } from "../../api/session";
import { tellField, tellRest, useAccountWords } from "../../parts/account-words";
import { Field } from "../../parts/field";
import styles from "../../parts/form.module.css";
import { Refusal } from "../../parts/refusal";
import { useDeed } from "../../parts/use-deed";
import { Brand } from "../../ui/brand";
import { Button } from "../../ui/button";

interface Account {
  setup_token: string;
  username: string;
  email: string;
  password: string;
}

const FIELDS = ["setup_token", "username", "email", "password"];

/** The first account, made by whoever holds the setup token; then on to the first cluster. */
export function SetupPage() {
  const say = useAccountWords();
  const go = useNavigate();
  const [asked] = useSearchParams();
  const [form, put] = useReducer((before: Account, part: Partial<Account>) => ({ ...before, ...part }), {
    setup_token: asked.get("token") ?? "",
    username: "",
    email: "",
    password: "",
  });
  const signIn = useSession((session) => session.signIn);
  const queries = useQueryClient();
  const version = useQuery(versionQuery);
  const rules = useQuery(passwordQuery);
  const making = useDeed();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const account = { ...form, setup_token: form.setup_token.trim(), username: form.username.trim(), email: form.email.trim() };
    void making.run(async () => {
      await answer(client.POST("/api/auth/register", { body: account }));
      void queries.invalidateQueries({ queryKey: versionQuery.queryKey });
      await signIn(account.username, account.password);
      const clusters = await queries.fetchQuery(clustersQuery).catch(() => []);
      await go(clusters.length === 0 ? "/clusters/connect" : "/dashboard", { replace: true });
    });
  };
  const wrong = (field: keyof Account) => tellField(say, making.problem, field);

  return (
    <div className={styles.gate}>
      <main className={styles.card}>
        <Brand />
        <h1>{say("setup.title")}</h1>
        {version.data?.setup_required === false && !making.isBusy && !making.isDone ? (
          <p>
            {say("setup.exists")} <Link to="/login">{say("login.title")}</Link>
          </p>
        ) : (
          <form className={styles.form} onSubmit={submit}>
            <p>{say("setup.about")}</p>
            <Field
              label={say("field.setupToken")}
              value={form.setup_token}
              onText={(setup_token) => put({ setup_token })}
              wrong={wrong("setup_token")}
              hint={say("setup.tokenHint")}
              autoComplete="off"
              spellCheck={false}
              required
            />
            <Field
              label={say("field.username")}
              value={form.username}
              onText={(username) => put({ username })}
              wrong={wrong("username")}
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={100}
              required
            />
            <Field
              label={say("field.email")}
              type="email"
              value={form.email}
              onText={(email) => put({ email })}
              wrong={wrong("email")}
              autoComplete="email"
              maxLength={254}
              required
            />
            <Field
              label={say("field.password")}
              type="password"
              value={form.password}
              onText={(password) => put({ password })}
              wrong={wrong("password")}
              hint={rules.data ? say("password.rules", { least: rules.data.min_length, most: rules.data.max_bytes }) : null}
              autoComplete="new-password"
              required
            />
            <Refusal text={making.problem?.code === "forbidden" ? say("setup.tokenWrong") : tellRest(say, making.problem, FIELDS)} />
            <Button type="submit" look="main" disabled={making.isBusy}>
              {say("setup.create")}
            </Button>
          </form>
        )}
      </main>
    </div>
  );
}
