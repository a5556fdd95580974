import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useReducer } from "react";
import { client } from "../../api/client";
import { answer } from "../../api/problem";
import { passwordQuery, sessionsQuery } from "../../api/queries";
import { tellField, tellRest, useAccountWords } from "../../parts/account-words";
import { Field } from "../../parts/field";
import styles from "../../parts/form.module.css";
import { Refusal } from "../../parts/refusal";
import { useDeed } from "../../parts/use-deed";
import { Button } from "../../ui/button";

const EMPTY = { old_password: "", new_password: "" };

export function PasswordForm({ username }: { username: string }) {
  const say = useAccountWords();
  const queries = useQueryClient();
  const rules = useQuery(passwordQuery);
  const changing = useDeed();
  const [form, put] = useReducer((before: typeof EMPTY, part: Partial<typeof EMPTY>) => ({ ...before, ...part }), EMPTY);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void changing.run(async () => {
      await answer(client.PUT("/api/auth/change-password", { body: form }));
      put(EMPTY);
      await queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    });
  };

  return (
    <form className={styles.form} onSubmit={submit}>
      <p className={styles.hint}>{say("password.about")}</p>
      {/* For password managers: whose password this is. */}
      <input type="text" value={username} autoComplete="username" readOnly hidden />
      <Field
        label={say("password.old")}
        type="password"
        value={form.old_password}
        onText={(old_password) => put({ old_password })}
        wrong={tellField(say, changing.problem, "old_password")}
        autoComplete="current-password"
        required
      />
      <Field
        label={say("password.new")}
        type="password"
        value={form.new_password}
        onText={(new_password) => put({ new_password })}
        wrong={tellField(say, changing.problem, "new_password")}
        hint={rules.data ? say("password.rules", { least: rules.data.min_length, most: rules.data.max_bytes }) : null}
        autoComplete="new-password"
        required
      />
      <Refusal text={tellRest(say, changing.problem, ["old_password", "new_password"])} />
      <div className={styles.row}>
        <Button type="submit" look="main" disabled={changing.isBusy}>
          {say("password.change")}
        </Button>
        {changing.isDone ? <output className={styles.good}>{say("password.changed")}</output> : null}
      </div>
    </form>
  );
}
