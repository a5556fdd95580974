// Services from a file: ours as JSON, YAML or CSV, or a backup of Uptime Kuma. First what would be done, then doing it.
import { type ChangeEvent, useState } from "react";
import { Link } from "react-router";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import type { components } from "../../../api/schema.gen";
import { useServiceWords } from "../../../fleet/services/words";
import { useMay } from "../../../fleet/world";
import { tellRest, useAccountWords } from "../../../parts/account-words";
import { CopyLine } from "../../../parts/copy-line";
import { EmptyNote } from "../../../parts/edges";
import { SelectField } from "../../../parts/field";
import { Notice, PageHead, Panel } from "../../../parts/panel";
import { Refusal } from "../../../parts/refusal";
import { Shape } from "../../../parts/state-mark";
import { type Column, Table } from "../../../parts/table";
import { useDeed } from "../../../parts/use-deed";
import { Button } from "../../../ui/button";
import styles from "./many.module.css";

type Report = components["schemas"]["ServiceImportReport"];
type Item = Report["items"][number];
type Format = components["schemas"]["ServiceImport"]["format"];
type Conflict = NonNullable<components["schemas"]["ServiceImport"]["on_conflict"]>;

const FORMATS: readonly Format[] = ["json", "yaml", "csv", "uptime_kuma"];
const CONFLICTS: readonly Conflict[] = ["skip", "replace", "rename"];
const TONES = { create: "ok", update: "warn", skip: "off", fail: "crit" } as const;

/** What a file is, by its name and its first words. */
export function formatOf(name: string, content: string): Format {
  if (/\.csv$/i.test(name)) return "csv";
  if (/\.ya?ml$/i.test(name) || /^(monitorix_services|services):/m.test(content.slice(0, 2000))) return "yaml";
  return /"(monitorList|notificationList)"\s*:/.test(content.slice(0, 200_000)) ? "uptime_kuma" : "json";
}

interface Chosen {
  name: string;
  content: string;
  format: Format;
  conflict: Conflict;
}

function ReportTable({ report }: { report: Report }) {
  const t = useServiceWords();
  const columns: readonly Column<Item>[] = [
    {
      key: "action",
      title: t("import.action"),
      cell: (item) => (
        <span className={styles.action}>
          <Shape tone={TONES[item.action]} /> {t(`import.${report.dry_run ? "would" : "did"}.${item.action}`)}
        </span>
      ),
    },
    {
      key: "name",
      title: t("fleet:field.name"),
      cell: (item) => (item.service_id ? <Link to={`/services/${item.service_id}`}>{item.name}</Link> : item.name),
    },
    { key: "type", title: t("fleet:field.type"), cell: (item) => item.type ?? "–" },
    {
      key: "note",
      title: t("fleet:field.note"),
      cell: (item) => {
        const text = item.message ?? item.errors.map((one) => `${one.field}: ${one.message}`).join("; ");
        return <span title={text}>{text}</span>;
      },
    },
  ];
  const tokens = report.items.filter((item) => item.push_token !== null);
  return (
    <>
      {report.warnings.map((warning) => (
        <p key={warning} className={styles.help}>
          {warning}
        </p>
      ))}
      <Table
        label={t("import.report")}
        rows={report.items}
        columns={columns}
        rowKey={(item) => `${item.name} ${item.action}`}
        empty={t("many.nothing")}
      />
      {tokens.length > 0 && (
        <div className={styles.tokens}>
          <p className={styles.help}>{t("push.once")}</p>
          {tokens.map((item) => (
            <div key={item.name}>
              <b>{item.name}</b>
              <CopyLine label={item.name} text={`${globalThis.location.origin}/api/push/${item.push_token}`} />
            </div>
          ))}
        </div>
      )}
    </>
  );
}

export function ImportPage() {
  const t = useServiceWords();
  const say = useAccountWords();
  const mayEdit = useMay("editor");
  const importing = useDeed();
  const [chosen, choose] = useState<Chosen>({ name: "", content: "", format: "json", conflict: "skip" });
  const [report, tell] = useState<Report | null>(null);
  const put = (part: Partial<Chosen>) => {
    tell(null);
    choose((before) => ({ ...before, ...part }));
  };
  const take = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (!file) return;
    const content = await file.text();
    put({ name: file.name, content, format: formatOf(file.name, content) });
  };
  const run = (dry_run: boolean) =>
    importing.run(async () => {
      const body = { format: chosen.format, content: chosen.content, on_conflict: chosen.conflict };
      tell(await answer(client.POST("/api/services/import", { params: { query: { dry_run } }, body })));
    });
  if (!mayEdit) return <EmptyNote title={t("fleet:edge.forbidden")} detail={t("fleet:edge.forbiddenDetail")} />;
  const willDo = report?.dry_run ? report.created + report.updated : 0;
  return (
    <>
      <PageHead title={t("import.title")} hint={t("import.hint")} />
      {report && (
        <Notice tone={report.failed > 0 ? "warn" : "ok"}>
          {t(report.dry_run ? "import.wouldBe" : "import.done", {
            created: report.created,
            updated: report.updated,
            skipped: report.skipped,
            failed: report.failed,
          })}
        </Notice>
      )}
      <div className={styles.columns}>
        <Panel title={t("import.file")}>
          <div className={styles.fields}>
            <label className={styles.file}>
              {t("import.choose")}
              <input
                type="file"
                accept=".json,.yaml,.yml,.csv,application/json,application/yaml,text/csv"
                onChange={(event) => void take(event)}
              />
            </label>
            <textarea
              className={styles.area}
              aria-label={t("import.content")}
              placeholder={t("import.paste")}
              rows={8}
              spellCheck={false}
              value={chosen.content.length > 200_000 ? t("import.large", { name: chosen.name }) : chosen.content}
              readOnly={chosen.content.length > 200_000}
              onChange={(event) => put({ content: event.target.value, format: formatOf(chosen.name, event.target.value) })}
            />
            <SelectField
              label={t("import.format")}
              value={chosen.format}
              choices={FORMATS.map((format) => ({ value: format, label: format === "uptime_kuma" ? "Uptime Kuma" : format.toUpperCase() }))}
              onText={(format) => put({ format: FORMATS.find((one) => one === format) ?? "json" })}
            />
            <SelectField
              label={t("import.conflict")}
              value={chosen.conflict}
              choices={CONFLICTS.map((conflict) => ({ value: conflict, label: t(`import.on.${conflict}`) }))}
              onText={(conflict) => put({ conflict: CONFLICTS.find((one) => one === conflict) ?? "skip" })}
            />
            <Refusal text={tellRest(say, importing.problem, [])} />
            <div className={styles.buttons}>
              <Button disabled={importing.isBusy || chosen.content.trim() === ""} onClick={() => void run(true)}>
                {t("import.look")}
              </Button>
              <Button look="main" disabled={importing.isBusy || willDo === 0} onClick={() => void run(false)}>
                {t("import.do")}
              </Button>
            </div>
          </div>
        </Panel>
        <Panel title={t("import.report")}>
          {report ? <ReportTable report={report} /> : <p className={styles.help}>{t("import.none")}</p>}
        </Panel>
      </div>
    </>
  );
}
