// Trying a channel out: a test message now, with what the receiver answered, and how a message would look.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client } from "../../api/client";
import { answer } from "../../api/problem";
import type { Channel, ChannelTest } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { SelectField } from "../../parts/field";
import { PlainButton } from "../../parts/order-button";
import { Notice, Panel } from "../../parts/panel";
import { useDeed } from "../../parts/use-deed";
import styles from "./channels.module.css";
import { useChannelWords } from "./words";

const KINDS = ["firing", "resolved", "reminder", "flapping", "digest", "passed", "test"] as const;

function Outcome({ test }: { test: ChannelTest }) {
  const t = useChannelWords();
  const numbers = useNumbers();
  const tone = test.outcome === "delivered" ? "ok" : test.outcome === "again" ? "warn" : "crit";
  return (
    <Notice tone={tone}>
      <strong>{t(`outcome.${test.outcome}`)}</strong> {test.said} ({numbers.millis(test.took_ms)})
      {test.answer && <pre className={styles.answer}>{test.answer}</pre>}
    </Notice>
  );
}

export function TestPanel({ channel }: { channel: Channel }) {
  const t = useChannelWords();
  const queries = useQueryClient();
  const testing = useDeed();
  const [found, put] = useState<ChannelTest | null>(null);
  const run = () =>
    void testing.run(async () => {
      put(null);
      put(await answer(client.POST("/api/notification-channels/{id}/test", { params: { path: { id: channel.id } } })));
      await queries.invalidateQueries({ queryKey: ["channels"] });
    });
  return (
    <Panel title={t("test")} hint={t("testHint")}>
      <div>
        <PlainButton isBusy={testing.isBusy} onClick={run}>
          {t(testing.isBusy ? "testing" : "sendTest")}
        </PlainButton>
      </div>
      {found && <Outcome test={found} />}
      {testing.problem && <p role="alert">{testing.problem.detail || t("fleet:edge.failed")}</p>}
    </Panel>
  );
}

export function PreviewPanel({ channel }: { channel: Channel }) {
  const t = useChannelWords();
  const [kind, put] = useState<(typeof KINDS)[number]>("firing");
  const shown = useQuery({
    queryKey: ["channels", channel.id, "preview", kind],
    queryFn: () => answer(client.GET("/api/notification-channels/{id}/preview", { params: { path: { id: channel.id }, query: { kind } } })),
  });
  return (
    <Panel title={t("preview")} hint={t("previewHint")}>
      <SelectField
        label={t("kind")}
        value={kind}
        choices={KINDS.map((one) => ({ value: one, label: t(`kinds.${one}`) }))}
        onText={(text) => put(KINDS.find((one) => one === text) ?? "firing")}
      />
      {shown.data && (
        <>
          <article className={styles.message} lang={channel.language}>
            <strong>{shown.data.heading}</strong>
            <p>{shown.data.text}</p>
          </article>
          {shown.data.body && (
            <details>
              <summary>{t("body")}</summary>
              <pre className={styles.answer}>{shown.data.body}</pre>
            </details>
          )}
        </>
      )}
      {shown.isError && <p role="alert">{t("fleet:edge.failed")}</p>}
    </Panel>
  );
}
