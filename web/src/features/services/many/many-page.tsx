// Many services at once: one line each, seen before they are made; what was refused stays in the box to be mended.
import { useMemo, useState } from "react";
import { Link } from "react-router";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import { useNumbers } from "../../../fleet/numbers";
import { targetText } from "../../../fleet/services/look";
import { useServiceWords } from "../../../fleet/services/words";
import { useMay } from "../../../fleet/world";
import { tellRest, useAccountWords } from "../../../parts/account-words";
import { EmptyNote } from "../../../parts/edges";
import { Field } from "../../../parts/field";
import { Notice, PageHead, Panel } from "../../../parts/panel";
import { Refusal } from "../../../parts/refusal";
import { type Column, Table } from "../../../parts/table";
import { useDeed } from "../../../parts/use-deed";
import { Button } from "../../../ui/button";
import { MOST, type Planned, planOf } from "./lines";
import styles from "./many.module.css";

interface Outcome {
  made: number;
  /** By the line it stood in. */
  refused: ReadonlyMap<string, string>;
}

const SHOWN = 100;

function Preview({ planned, refused }: { planned: readonly Planned[]; refused: ReadonlyMap<string, string> }) {
  const t = useServiceWords();
  const columns: readonly Column<Planned>[] = [
    { key: "line", title: t("many.line"), right: true, cell: (one) => one.line },
    { key: "name", title: t("fleet:field.name"), cell: (one) => one.service?.name ?? one.text },
    { key: "type", title: t("fleet:field.type"), cell: (one) => (one.service ? t(`type.${one.service.type}`) : "–") },
    {
      key: "target",
      title: t("edit.target"),
      wideOnly: true,
      cell: (one) =>
        one.service ? targetText({ type: one.service.type, target: one.service.target ?? "", port: one.service.port ?? null }) : "",
    },
    {
      key: "note",
      title: t("fleet:field.note"),
      cell: (one) => <span className={styles.wrong}>{one.service === null ? t("many.unclear") : (refused.get(one.text) ?? "")}</span>,
    },
  ];
  return (
    <Table
      label={t("many.preview")}
      rows={planned.slice(0, SHOWN)}
      columns={columns}
      rowKey={(one) => String(one.line)}
      empty={t("many.nothing")}
    />
  );
}

export function ManyServicesPage() {
  const t = useServiceWords();
  const say = useAccountWords();
  const numbers = useNumbers();
  const mayEdit = useMay("editor");
  const making = useDeed();
  const [text, setText] = useState("");
  const [wishes, wish] = useState({ tags: "", interval: "60" });
  const [outcome, tell] = useState<Outcome | null>(null);
  const planned = useMemo(
    () =>
      planOf(text, {
        tags: wishes.tags.split(/[,\s]+/).filter(Boolean),
        interval: Math.max(1, Number(wishes.interval) || 60),
      }),
    [text, wishes],
  );
  if (!mayEdit) return <EmptyNote title={t("fleet:edge.forbidden")} detail={t("fleet:edge.forbiddenDetail")} />;
  const fit = planned.filter((one) => one.service !== null);
  const make = () =>
    making.run(async () => {
      const sent = fit.slice(0, MOST);
      const services = sent.flatMap((one) => (one.service ? [one.service] : []));
      const result = await answer(client.POST("/api/services/bulk", { body: { services } }));
      const refused = new Map(result.failed.map((one) => [sent[one.index]?.text ?? "", one.errors[0]?.message ?? one.error]));
      const done = new Set(sent.map((one) => one.text).filter((line) => !refused.has(line)));
      setText((before) =>
        before
          .split("\n")
          .filter((line) => !done.has(line.trim()))
          .join("\n"),
      );
      tell({ made: result.created.length, refused });
    });
  return (
    <>
      <PageHead title={t("many.title")} hint={t("many.hint")} />
      {outcome && (
        <Notice tone={outcome.refused.size > 0 ? "warn" : "ok"}>
          {t("many.made", { count: outcome.made })} {outcome.refused.size > 0 && t("list.refused", { count: outcome.refused.size })}{" "}
          <Link to="/services">{t("title")}</Link>
        </Notice>
      )}
      <div className={styles.columns}>
        <Panel title={t("many.lines")}>
          <p className={styles.help}>{t("many.help")}</p>
          <textarea
            className={styles.area}
            aria-label={t("many.lines")}
            rows={14}
            spellCheck={false}
            placeholder={
              "https://shop.example.org\nDatabase = 10.20.0.12:5432\nping://10.20.0.1\ntls://mail.example.org:465\ndns://example.org"
            }
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <div className={styles.wishes}>
            <Field label={t("edit.tags")} value={wishes.tags} onText={(tags) => wish((before) => ({ ...before, tags }))} />
            <Field
              label={t("edit.check_interval")}
              type="number"
              min={1}
              max={86_400}
              value={wishes.interval}
              onText={(interval) => wish((before) => ({ ...before, interval }))}
            />
          </div>
          <Refusal text={tellRest(say, making.problem, [])} />
          <Button look="main" disabled={making.isBusy || fit.length === 0} onClick={() => void make()}>
            {t("many.create", { count: Math.min(MOST, fit.length) })}
          </Button>
          {fit.length > MOST && <p className={styles.help}>{t("many.most", { most: numbers.count(MOST) })}</p>}
        </Panel>
        <Panel title={t("many.preview")} hint={planned.length > 0 ? t("count", { count: fit.length }) : undefined}>
          <Preview planned={planned} refused={outcome?.refused ?? new Map()} />
        </Panel>
      </div>
    </>
  );
}
