// The choice whether this browser makes itself heard. What the browser cannot do is said instead of offered.
import { useState } from "react";
import { Button } from "../../ui/button";
import { allowNotices, canNotify, canSound, chooseSignals, isNoticeRefused, sound, useSignals } from "./signals";
import styles from "./signals-panel.module.css";
import { useAlertWords } from "./words";

export function SignalsPanel() {
  const t = useAlertWords();
  const wants = useSignals();
  const [isRefused, setRefused] = useState(isNoticeRefused);
  const chooseNotice = async (isOn: boolean) => {
    const may = !isOn || (await allowNotices());
    setRefused(isOn && !may);
    chooseSignals({ notice: isOn && may });
  };
  return (
    <div className={styles.signals}>
      <p>{t("signals.about")}</p>
      <label>
        <input
          type="checkbox"
          checked={wants.sound}
          disabled={!canSound()}
          onChange={(event) => {
            chooseSignals({ sound: event.target.checked });
            if (event.target.checked) void sound("warning");
          }}
        />{" "}
        {t("signals.sound")}
      </label>
      <label>
        <input
          type="checkbox"
          checked={wants.notice && canNotify() && !isRefused}
          disabled={!canNotify()}
          onChange={(event) => void chooseNotice(event.target.checked)}
        />{" "}
        {t("signals.notice")}
      </label>
      {!canNotify() && <p>{t("signals.needsHttps")}</p>}
      {isRefused && <p role="alert">{t("signals.refused")}</p>}
      {wants.sound && (
        <div>
          <Button onClick={() => void sound("critical")}>{t("signals.try")}</Button>
        </div>
      )}
    </div>
  );
}
