import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useReducer } from "react";
import { client } from "../../api/client";
import { answer } from "../../api/problem";
import { passwordQuery, type User } from "../../api/queries";
import type { Role } from "../../api/session";
import { tellField, tellRest, useAccountWords } from "../../parts/account-words";
import { Field, SelectField } from "../../parts/field";
import styles from "../../parts/form.module.css";
import { Refusal } from "../../parts/refusal";
import { useDeed } from "../../parts/use-deed";
import { Button } from "../../ui/button";
import settings from "./settings.module.css";
import type { Named } from "./user-row";

const ROLES: readonly Role[] = ["viewer", "operator", "editor", "admin"];
const FIELDS = ["username", "email", "password", "role", "scope", "cluster_ids", "scope.cluster_ids"];

export interface UserFormProps {
  /** null = a new one */
  user: User | null;
  clusters: readonly Named[];
  onClose: () => void;
  onSaved: () => void;
}

interface Form {
  username: string;
  email: string;
  password: string;
  role: Role;
  cluster_ids: readonly string[];
}

export function UserForm({ user, clusters, onClose, onSaved }: UserFormProps) {
  const say = useAccountWords();
  const rules = useQuery(passwordQuery);
  const saving = useDeed();
  const [form, put] = useReducer((before: Form, part: Partial<Form>) => ({ ...before, ...part }), {
    username: user?.username ?? "",
    email: user?.email ?? "",
    password: "",
    role: user?.role ?? "viewer",
    cluster_ids: user?.scope.cluster_ids ?? [],
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void saving.run(() => save(user, form)).then((isSaved) => (isSaved ? onSaved() : undefined));
  };
  const wrong = (field: string) => tellField(say, saving.problem, field);

  return (
    <form className={styles.form} onSubmit={submit}>
      {user ? null : (
        <Field
          label={say("field.username")}
          value={form.username}
          onText={(username) => put({ username })}
          wrong={wrong("username")}
          autoComplete="off"
          autoCapitalize="none"
          maxLength={100}
          required
        />
      )}
      <Field
        label={say("field.email")}
        type="email"
        value={form.email}
        onText={(email) => put({ email })}
        wrong={wrong("email")}
        autoComplete="off"
        maxLength={254}
        required
      />
      <Field
        label={say(user ? "users.newPassword" : "field.password")}
        type="password"
        value={form.password}
        onText={(password) => put({ password })}
        wrong={wrong("password")}
        hint={rules.data ? say("password.rules", { least: rules.data.min_length, most: rules.data.max_bytes }) : null}
        autoComplete="new-password"
        required={!user}
      />
      <SelectField
        label={say("field.role")}
        value={form.role}
        choices={ROLES.map((role) => ({ value: role, label: `${say(`role.${role}`)} – ${say(`may.${role}`)}` }))}
        onText={(text) => put({ role: ROLES.find((role) => role === text) ?? "viewer" })}
        wrong={wrong("role")}
      />
      <ScopeChoice clusters={clusters} chosen={form.cluster_ids} onChoose={(cluster_ids) => put({ cluster_ids })} />
      <Refusal text={wrong("cluster_ids") ?? wrong("scope.cluster_ids") ?? tellRest(say, saving.problem, FIELDS)} />
      <div className={styles.row}>
        <Button type="submit" look="main" disabled={saving.isBusy}>
          {say(user ? "save" : "users.create")}
        </Button>
        <Button onClick={onClose}>{say("cancel")}</Button>
      </div>
    </form>
  );
}

interface ScopeChoiceProps {
  clusters: readonly Named[];
  chosen: readonly string[];
  onChoose: (ids: readonly string[]) => void;
}

function ScopeChoice({ clusters, chosen, onChoose }: ScopeChoiceProps) {
  const say = useAccountWords();
  return (
    <fieldset className={settings.scope}>
      <legend>{say("field.scope")}</legend>
      <p className={styles.hint}>{say("users.scopeHint")}</p>
      {clusters.map(({ id, name }) => (
        <label key={id}>
          <input
            type="checkbox"
            checked={chosen.includes(id)}
            onChange={(event) => onChoose(event.target.checked ? [...chosen, id] : chosen.filter((one) => one !== id))}
          />{" "}
          {name}
        </label>
      ))}
    </fieldset>
  );
}

function save(user: User | null, { username, email, password, role, cluster_ids }: Form): Promise<unknown> {
  const scope = { cluster_ids: [...cluster_ids], pools: user?.scope.pools ?? [], tags: user?.scope.tags ?? [] };
  if (!user) return answer(client.POST("/api/users", { body: { username: username.trim(), email: email.trim(), password, role, scope } }));
  const body = { role, scope, ...(email !== user.email && { email: email.trim() }), ...(password !== "" && { password }) };
  return answer(client.PUT("/api/users/{id}", { params: { path: { id: user.id } }, body }));
}
