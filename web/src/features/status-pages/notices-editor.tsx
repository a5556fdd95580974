// What the owner says of an incident, in words for visitors.
import { useServiceWords } from "../../fleet/services/words";
import { Field, SelectField } from "../../parts/field";
import { PlainButton } from "../../parts/order-button";
import { changed, type Notice, without } from "./page-draft";
import styles from "./status-pages.module.css";

const SEVERITIES: readonly Notice["severity"][] = ["info", "warning", "critical"];

interface EditorProps {
  notices: readonly Notice[];
  onNotices: (notices: readonly Notice[]) => void;
}

export function NoticesEditor({ notices, onNotices }: EditorProps) {
  const t = useServiceWords();
  const fresh = (): Notice => ({ title: "", text: "", severity: "info", at: new Date().toISOString() });
  return (
    <div className={styles.groups}>
      {notices.map((notice, i) => (
        <section key={notice.at} className={styles.group} aria-label={notice.title || t("status.notice")}>
          <div className={styles.fields}>
            <Field
              label={t("status.noticeTitle")}
              maxLength={200}
              required
              value={notice.title}
              onText={(title) => onNotices(changed(notices, i, { title }))}
            />
            <SelectField
              label={t("status.severity")}
              value={notice.severity}
              choices={SEVERITIES.map((one) => ({ value: one, label: t(`status.grave.${one}`) }))}
              onText={(text) => onNotices(changed(notices, i, { severity: SEVERITIES.find((one) => one === text) ?? "info" }))}
            />
            <label className={styles.text}>
              {t("status.noticeText")}
              <textarea
                rows={3}
                maxLength={4000}
                value={notice.text}
                onChange={(event) => onNotices(changed(notices, i, { text: event.target.value }))}
              />
            </label>
          </div>
          <PlainButton onClick={() => onNotices(without(notices, i))}>{t("status.removeNotice")}</PlainButton>
        </section>
      ))}
      <div>
        <PlainButton onClick={() => onNotices([fresh(), ...notices])}>{t("status.addNotice")}</PlainButton>
      </div>
    </div>
  );
}
