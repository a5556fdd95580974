import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useReducer } from "react";
import { client } from "../../api/client";
import { answer } from "../../api/problem";
import { clustersQuery, type User, usersQuery } from "../../api/queries";
import { useMay, useSession } from "../../api/session";
import { tellRest, useAccountWords } from "../../parts/account-words";
import form from "../../parts/form.module.css";
import { Refusal } from "../../parts/refusal";
import { useDeed } from "../../parts/use-deed";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Asked } from "./asked";
import styles from "./settings.module.css";
import { UserForm } from "./user-form";
import { UserRow } from "./user-row";

type Open = { dialog: "none" } | { dialog: "create" } | { dialog: "edit" | "delete"; user: User };

/** Who may come in, with which role, and what each of them sees. */
export function UsersPage() {
  const say = useAccountWords();
  const isAdmin = useMay("admin");
  return (
    <div className={styles.page}>
      <h1>{say("users.title")}</h1>
      {isAdmin ? <UserTable /> : <p>{say("problem.forbidden")}</p>}
    </div>
  );
}

function UserTable() {
  const say = useAccountWords();
  const queries = useQueryClient();
  const users = useQuery(usersQuery);
  const clusters = useQuery(clustersQuery);
  const ownId = useSession((session) => session.me?.id);
  const [open, show] = useReducer((_: Open, next: Open) => next, { dialog: "none" });
  const toggling = useDeed();
  const close = () => show({ dialog: "none" });
  const reload = () => queries.invalidateQueries({ queryKey: usersQuery.queryKey });

  const toggle = (user: User) =>
    void toggling.run(async () => {
      await answer(client.PUT("/api/users/{id}/toggle-active", { params: { path: { id: user.id } } }));
      await reload();
    });

  if (!users.data) return <Asked isLoading={users.isLoading} error={users.error} retry={() => void users.refetch()} />;
  return (
    <section className={styles.panel} aria-label={say("users.title")}>
      <div className={styles.above}>
        <Button look="main" onClick={() => show({ dialog: "create" })}>
          {say("users.create")}
        </Button>
      </div>
      <Refusal text={tellRest(say, toggling.problem, [])} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key */}
      <div className={styles.scroll} tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              {["username", "email", "role", "scope", "state", "lastLogin"].map((field) => (
                <th key={field} scope="col">
                  {say(`field.${field}`)}
                </th>
              ))}
              <td />
            </tr>
          </thead>
          <tbody>
            {users.data.map((user) => (
              <UserRow
                key={user.id}
                user={user}
                isOwn={user.id === ownId}
                clusters={clusters.data ?? []}
                onEdit={() => show({ dialog: "edit", user })}
                onToggle={() => toggle(user)}
                onDelete={() => show({ dialog: "delete", user })}
              />
            ))}
          </tbody>
        </table>
      </div>
      {open.dialog === "create" || open.dialog === "edit" ? (
        <Dialog
          isOpen
          closeLabel={say("cancel")}
          title={open.dialog === "edit" ? say("users.editOne", { name: open.user.username }) : say("users.create")}
          onClose={close}
        >
          <UserForm
            user={open.dialog === "edit" ? open.user : null}
            clusters={clusters.data ?? []}
            onClose={close}
            onSaved={() => void reload().then(close)}
          />
        </Dialog>
      ) : null}
      {open.dialog === "delete" ? <DeleteUser user={open.user} onClose={close} onDeleted={() => void reload().then(close)} /> : null}
    </section>
  );
}

function DeleteUser({ user, onClose, onDeleted }: { user: User; onClose: () => void; onDeleted: () => void }) {
  const say = useAccountWords();
  const deleting = useDeed();
  const run = () =>
    void deleting
      .run(() => answer(client.DELETE("/api/users/{id}", { params: { path: { id: user.id } } })))
      .then((isGone) => (isGone ? onDeleted() : undefined));
  return (
    <Dialog isOpen closeLabel={say("cancel")} title={say("users.deleteOne", { name: user.username })} onClose={onClose}>
      <p>{say("users.deleteAbout", { name: user.username })}</p>
      <Refusal text={tellRest(say, deleting.problem, [])} />
      <div className={form.row}>
        <Button look="danger" disabled={deleting.isBusy} onClick={run}>
          {say("users.deleteOne", { name: user.username })}
        </Button>
        <Button onClick={onClose}>{say("cancel")}</Button>
      </div>
    </Dialog>
  );
}
