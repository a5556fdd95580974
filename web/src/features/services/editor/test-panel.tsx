// "Test now": the check as the form has it, run once, nothing stored.
import { useState } from "react";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import type { ServiceTest } from "../../../fleet/nouns";
import { useServiceWords } from "../../../fleet/services/words";
import { tellRest, useAccountWords } from "../../../parts/account-words";
import { Panel } from "../../../parts/panel";
import { Refusal } from "../../../parts/refusal";
import { useDeed } from "../../../parts/use-deed";
import { Button } from "../../../ui/button";
import { CertificateFacts, Evidence, ResultView } from "../../../views/services/result";
import { bodyOf, type Draft, isComplete } from "./draft";
import styles from "./editor.module.css";
import { canTest } from "./fields";

export function TestPanel({ draft, hasSecrets }: { draft: Draft; hasSecrets: boolean }) {
  const t = useServiceWords();
  const say = useAccountWords();
  const testing = useDeed();
  const [found, put] = useState<ServiceTest | null>(null);
  if (!canTest(draft.type))
    return (
      <Panel title={t("test.title")}>
        <p className={styles.note}>{t(`test.none.${draft.type}`)}</p>
      </Panel>
    );
  const run = () =>
    testing.run(async () => {
      put(null);
      const body = bodyOf(draft);
      put(await answer(client.POST("/api/services/test", { body: { ...body, name: body.name || "test" } })));
    });
  return (
    <Panel title={t("test.title")} hint={t("test.hint")}>
      <div className={styles.test} aria-live="polite">
        <div>
          <Button
            look="plain"
            disabled={testing.isBusy || !isComplete({ ...draft, values: { ...draft.values, name: "test" } })}
            onClick={() => void run()}
          >
            {t(testing.isBusy ? "test.running" : "test.run")}
          </Button>
        </div>
        {hasSecrets && <p className={styles.note}>{t("test.secrets")}</p>}
        <Refusal text={tellRest(say, testing.problem, [])} />
        {found && (
          <>
            <ResultView result={found} />
            {found.certificate && (
              <details>
                <summary>{t("cert.title")}</summary>
                <CertificateFacts certificate={found.certificate} />
              </details>
            )}
            {found.evidence && (
              <details>
                <summary>{t("evidence.short")}</summary>
                <Evidence evidence={found.evidence} />
              </details>
            )}
          </>
        )}
      </div>
    </Panel>
  );
}
