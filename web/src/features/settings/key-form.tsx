import { type FormEvent, useReducer } from "react";
import { client } from "../../api/client";
import { answer } from "../../api/problem";
import type { ApiKeyScope } from "../../api/queries";
import { type Role, useMay } from "../../api/session";
import { tellField, tellRest, useAccountWords } from "../../parts/account-words";
import { CopyLine } from "../../parts/copy-line";
import { Field, SelectField } from "../../parts/field";
import styles from "../../parts/form.module.css";
import { Refusal } from "../../parts/refusal";
import { useDeed } from "../../parts/use-deed";
import { Button } from "../../ui/button";
import settings from "./settings.module.css";

const SCOPES: readonly { scope: ApiKeyScope; least: Role }[] = [
  { scope: "read", least: "viewer" },
  { scope: "operate", least: "operator" },
  { scope: "configure", least: "editor" },
  { scope: "admin", least: "admin" },
  { scope: "metrics", least: "viewer" },
  { scope: "hooks", least: "operator" },
];
/** Days until it ends; "" = never. */
const LIVES = ["30", "90", "365", ""];
const DAY_MS = 86_400_000;
const FIELDS = ["name", "scopes", "expires_at"];

interface Form {
  name: string;
  scopes: readonly ApiKeyScope[];
  days: string;
  made: string | null;
}

/** Asks for a name, scopes and an end; then shows the key, this once. */
export function KeyForm({ onMade, onClose }: { onMade: () => void; onClose: () => void }) {
  const say = useAccountWords();
  const making = useDeed();
  const [form, put] = useReducer((before: Form, part: Partial<Form>) => ({ ...before, ...part }), {
    name: "",
    scopes: ["read"],
    days: "365",
    made: null,
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void making.run(async () => {
      const expires_at = form.days === "" ? null : new Date(Date.now() + Number(form.days) * DAY_MS).toISOString();
      const made = await answer(client.POST("/api/api-keys", { body: { name: form.name.trim(), scopes: [...form.scopes], expires_at } }));
      put({ made: made.key });
      onMade();
    });
  };

  if (form.made !== null)
    return (
      <div className={styles.form}>
        <p>{say("keys.shownOnce")}</p>
        <CopyLine label={say("keys.key")} text={form.made} />
        <div className={styles.row}>
          <Button look="main" onClick={onClose}>
            {say("keys.kept")}
          </Button>
        </div>
      </div>
    );
  return (
    <form className={styles.form} onSubmit={submit}>
      <Field
        label={say("keys.name")}
        value={form.name}
        onText={(name) => put({ name })}
        hint={say("keys.nameHint")}
        wrong={tellField(say, making.problem, "name")}
        autoComplete="off"
        maxLength={100}
        required
      />
      <ScopeChoice chosen={form.scopes} onChoose={(scopes) => put({ scopes })} />
      <SelectField
        label={say("keys.expires")}
        value={form.days}
        choices={LIVES.map((days) => ({
          value: days,
          label: days === "" ? say("users.never") : say("keys.inDays", { count: Number(days) }),
        }))}
        onText={(days) => put({ days })}
        wrong={tellField(say, making.problem, "expires_at")}
      />
      <Refusal text={tellField(say, making.problem, "scopes") ?? tellRest(say, making.problem, FIELDS)} />
      <div className={styles.row}>
        <Button type="submit" look="main" disabled={making.isBusy || form.scopes.length === 0}>
          {say("keys.create")}
        </Button>
        <Button onClick={onClose}>{say("cancel")}</Button>
      </div>
    </form>
  );
}

function ScopeChoice({ chosen, onChoose }: { chosen: readonly ApiKeyScope[]; onChoose: (scopes: readonly ApiKeyScope[]) => void }) {
  const say = useAccountWords();
  const may: Record<Role, boolean> = { viewer: true, operator: useMay("operator"), editor: useMay("editor"), admin: useMay("admin") };
  return (
    <fieldset className={settings.scope}>
      <legend>{say("keys.scopes")}</legend>
      {SCOPES.filter(({ least }) => may[least]).map(({ scope }) => (
        <label key={scope}>
          <input
            type="checkbox"
            checked={chosen.includes(scope)}
            onChange={(event) => onChoose(event.target.checked ? [...chosen, scope] : chosen.filter((one) => one !== scope))}
          />{" "}
          {say(`keys.scope.${scope}`)} – {say(`keys.opens.${scope}`)}
        </label>
      ))}
    </fieldset>
  );
}
