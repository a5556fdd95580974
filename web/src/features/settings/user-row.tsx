import { useTranslation } from "react-i18next";
import type { User } from "../../api/queries";
import { formatMoment } from "../../format/time";
import { localeOf } from "../../i18n/languages";
import { useAccountWords } from "../../parts/account-words";
import form from "../../parts/form.module.css";
import { Button } from "../../ui/button";
import styles from "./settings.module.css";

export interface Named {
  id: string;
  name: string;
}

export interface UserRowProps {
  user: User;
  /** Nobody locks themselves out from here. */
  isOwn: boolean;
  clusters: readonly Named[];
  onEdit: () => void;
  onToggle: () => void;
  onDelete: () => void;
}

export function UserRow({ user, isOwn, clusters, onEdit, onToggle, onDelete }: UserRowProps) {
  const say = useAccountWords();
  const { i18n } = useTranslation();
  const { cluster_ids, pools, tags } = user.scope;
  const scope = [...cluster_ids.map((id) => clusters.find((one) => one.id === id)?.name ?? id), ...pools, ...tags];
  const name = user.username;
  return (
    <tr>
      <td>
        {name} {isOwn ? <span className={styles.quiet}>{say("users.you")}</span> : null}
      </td>
      <td>{user.email}</td>
      <td>{say(`role.${user.role}`)}</td>
      <td>{scope.length === 0 ? say("users.everything") : scope.join(", ")}</td>
      <td>{say(user.is_active ? "users.active" : "users.disabled")}</td>
      <td>{user.last_login_at ? formatMoment(user.last_login_at, localeOf(i18n.language, navigator.languages)) : say("users.never")}</td>
      <td>
        <div className={form.row}>
          <Button onClick={onEdit} aria-label={say("users.editOne", { name })}>
            {say("users.edit")}
          </Button>
          {isOwn ? null : (
            <>
              <Button onClick={onToggle} aria-label={say(user.is_active ? "users.disableOne" : "users.enableOne", { name })}>
                {say(user.is_active ? "users.disable" : "users.enable")}
              </Button>
              <Button look="danger" onClick={onDelete} aria-label={say("users.deleteOne", { name })}>
                {say("users.delete")}
              </Button>
            </>
          )}
        </div>
      </td>
    </tr>
  );
}
