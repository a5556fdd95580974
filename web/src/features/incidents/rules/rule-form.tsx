// The form of a rule, with what it would say beside it.
import { type FormEvent, useState } from "react";
import { client } from "../../../api/client";
import { answer, type ProblemError, problemOf } from "../../../api/problem";
import { useMay } from "../../../fleet/world";
import { Field, SelectField } from "../../../parts/field";
import { Panel } from "../../../parts/panel";
import { Refusal } from "../../../parts/refusal";
import { Button } from "../../../ui/button";
import { SEVERITIES, useAlertWords } from "../../../views/alerts/words";
import { SelectorField } from "../selector/selector-field";
import { Check } from "../shared/choices";
import { type Faults, useFaults, useRefusals } from "../shared/faults";
import form from "../shared/form.module.css";
import { usePreview } from "../shared/preview";
import { useQuietWords } from "../shared/quiet-words";
import { SpanField } from "../shared/span-field";
import { ConditionField } from "./condition-field";
import { bodyOf, EMPTY, type Fault, faultsIn, hasCode, KINDS, type RuleDraft, usualSpans } from "./draft";
import { ExceptionsField } from "./exceptions-field";
import { OPERATORS } from "./levels";
import { LevelsField } from "./levels-field";
import { MoreFields } from "./more-fields";
import { PathField } from "./path-field";
import { PreviewPanel } from "./preview-panel";
import { METRICS } from "./units";

const PATHS = ["name", "levels", "clear_threshold", "condition", "selector", "exceptions", "for_seconds", "route_id"];
const MORE: readonly Fault[] = ["keeps", "minDelta", "cooldown", "noDataAfter"];

interface FormProps {
  first: RuleDraft;
  isBusy: boolean;
  problem: ProblemError | null;
  onSave: (draft: RuleDraft) => void;
  onCancel: () => void;
}

export function RuleForm({ first, isBusy, problem, onSave, onCancel }: FormProps) {
  const t = useQuietWords();
  const alertWords = useAlertWords();
  const mayEdit = useMay("editor");
  const [draft, put] = useState(first);
  const [wasTried, setTried] = useState(false);
  const [isMoreOpen, openMore] = useState(false);
  const faulty = faultsIn(draft);
  const isShowable = mayEdit && faulty.every((fault) => fault === "name");
  const body = bodyOf(draft);
  const asked = isShowable ? { ...body, name: body.name || "–" } : null;
  const ahead = usePreview("alert-rules", asked, (body) => answer(client.POST("/api/alert-rules/preview", { body })));
  const refused = useRefusals(problem, { ...body });
  const foreseen = useFaults(ahead.isError && isShowable ? problemOf(ahead.error) : null);
  const faults: Faults = { at: (path) => refused.at(path) ?? foreseen.at(path), rest: refused.rest };
  const wrong = (fault: Fault, path: string) => (wasTried && faulty.includes(fault) ? t(`rules.wrong.${fault}`) : faults.at(path));
  const change = (part: Partial<RuleDraft>) => put((before) => ({ ...before, ...part }));
  const isMetric = draft.kind === "metric";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (MORE.some((fault) => faulty.includes(fault))) openMore(true);
    if (faulty.length === 0) onSave(draft);
  };
  return (
    <form onSubmit={submit} noValidate>
      <div className={form.sided}>
        <fieldset className={form.form} disabled={!mayEdit}>
          <Panel title={t("rules.about")}>
            <div className={form.fields}>
              <Field
                label={t("fleet:field.name")}
                value={draft.name}
                onText={(name) => change({ name })}
                maxLength={100}
                wrong={wrong("name", "name")}
              />
              <SelectField
                label={t("rules.kind")}
                value={draft.kind}
                choices={KINDS.map((value) => ({ value, label: t(`rules.kinds.${value}`) }))}
                onText={(text) => {
                  const kind = KINDS.find((one) => one === text) ?? "metric";
                  change({ kind, ...usualSpans(kind) });
                }}
              />
              {isMetric && (
                <div className={form.row}>
                  <SelectField
                    label={t("rules.metric")}
                    value={draft.metric}
                    choices={METRICS.map((value) => ({ value, label: alertWords(`metric.${value}`) }))}
                    onText={(text) => {
                      const metric = METRICS.find((one) => one === text) ?? "cpu";
                      // Full in seven days is bad below a limit; the rest is bad above one.
                      change({
                        metric,
                        ...(metric === "full_in" ? { operator: "<" } : draft.metric === "full_in" && { operator: EMPTY.operator }),
                      });
                    }}
                  />
                  <SelectField
                    label={t("rules.operator")}
                    value={draft.operator}
                    choices={OPERATORS.map((value) => ({ value, label: t(`rules.operators.${value}`) }))}
                    onText={(text) => change({ operator: OPERATORS.find((one) => one === text) ?? ">=" })}
                  />
                </div>
              )}
              {hasCode(draft.kind) && (
                <ConditionField
                  kind={draft.kind}
                  value={draft.condition}
                  onText={(condition) => change({ condition })}
                  wrong={wrong("condition", "condition")}
                />
              )}
              {isMetric ? (
                <LevelsField
                  levels={draft.levels}
                  onLevels={(levels) => change({ levels })}
                  metric={draft.metric}
                  operator={draft.operator}
                  isJudged={wasTried}
                  refused={(place, part) => faults.at(`levels[${place}].${part}`)}
                  wrong={wrong("levels", "clear_threshold")}
                />
              ) : (
                <SelectField
                  label={alertWords("severityTitle")}
                  value={draft.severity ?? ""}
                  choices={[
                    { value: "", label: alertWords("asReported") },
                    ...SEVERITIES.map((value) => ({ value, label: alertWords(`severity.${value}`) })),
                  ]}
                  onText={(text) => change({ severity: SEVERITIES.find((one) => one === text) ?? null })}
                  wrong={faults.at("severity")}
                />
              )}
              <SpanField
                label={t("rules.lasts")}
                value={draft.lasts}
                onValue={(lasts) => change({ lasts })}
                hint={t("rules.lastsHint")}
                wrong={wrong("lasts", "for_seconds")}
              />
              <PathField value={draft.path} onPath={(path) => change({ path })} wrong={faults.at("route_id")} />
              <Check label={t("rules.isActive")} isOn={draft.isActive} onChange={(isActive) => change({ isActive })} />
            </div>
          </Panel>
          <Panel title={t("rules.whom")}>
            <SelectorField
              value={draft.selector}
              onValue={(selector) => change({ selector })}
              everything={t("rules.everything")}
              wrong={faults.at("selector")}
            />
          </Panel>
          <Panel title={t("rules.exceptions")}>
            <ExceptionsField draft={draft} onExceptions={(exceptions) => change({ exceptions })} isJudged={wasTried} faults={faults} />
          </Panel>
          <Panel title={t("rules.more")}>
            <details className={form.more} open={isMoreOpen} onToggle={(event) => openMore(event.currentTarget.open)}>
              <summary>{t("rules.moreShow")}</summary>
              <MoreFields draft={draft} change={change} wrong={wrong} faults={faults} />
            </details>
          </Panel>
        </fieldset>
        {mayEdit && (
          <div className={form.beside}>
            <PreviewPanel query={ahead} draft={draft} isWaiting={asked === null} />
          </div>
        )}
      </div>
      {mayEdit && (
        <>
          <Refusal text={faults.rest(PATHS)} />
          <div className={form.buttons}>
            <Button type="submit" look="main" disabled={isBusy}>
              {t("fleet:save")}
            </Button>
            <Button onClick={onCancel}>{t("fleet:cancel")}</Button>
          </div>
        </>
      )}
    </form>
  );
}
