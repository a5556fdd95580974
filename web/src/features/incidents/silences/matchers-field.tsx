// What a silence is of: lines that must all fit.
import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { client } from "../../../api/client";
import { answer } from "../../../api/problem";
import { useClusters, useNodes, useVmValues } from "../../../fleet/world";
import { PlainButton } from "../../../parts/order-button";
import { ruleWord, SEVERITIES, useAlertWords } from "../../../views/alerts/words";
import { useThings } from "../selector/things";
import { TakeAway } from "../shared/choices";
import form from "../shared/form.module.css";
import { useQuietWords } from "../shared/quiet-words";
import { firstValue, KINDS, LABELS, type Label, type MatcherDraft } from "./draft";

const MOST = 20;

/** What can be chosen or is offered while one types; a rule is known by its own name, whatever it is called here. */
function useOffers(): (label: Label, typed: string) => readonly { value: string; label?: string }[] {
  const t = useQuietWords();
  const alertWords = useAlertWords();
  const things = useThings();
  const { tag, pool } = useVmValues();
  const clusters = useClusters();
  const nodes = useNodes();
  const rules = useQuery({
    queryKey: ["alert-rules"],
    queryFn: () => answer(client.GET("/api/alert-rules", { params: { query: { limit: 1000 } } })),
  });
  const plain = (names: Iterable<string>) => [...new Set(names)].map((value) => ({ value }));
  return (label, typed) => {
    if (label === "kind") return KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }));
    if (label === "severity") return SEVERITIES.map((value) => ({ value, label: alertWords(`severity.${value}`) }));
    if (label === "rule") return (rules.data ?? []).map(({ key, name }) => ({ value: name, label: ruleWord(alertWords, key, name) }));
    if (label === "cluster") return plain(clusters.map(({ name }) => name));
    if (label === "node") return plain(nodes.map(({ name }) => name));
    if (label === "tag") return plain(tag);
    if (label === "pool") return plain(pool);
    if (label === "id" || typed === "") return [];
    return plain(
      (["vm_ids", "node_ids", "storage_ids", "service_ids"] as const).flatMap((list) =>
        things.find(list, typed, []).map(({ name }) => name),
      ),
    );
  };
}

interface LineProps {
  matcher: MatcherDraft;
  offers: readonly { value: string; label?: string }[];
  isWrong: boolean;
  onChange: (change: Partial<MatcherDraft>) => void;
  onRemove: () => void;
}

function Line({ matcher, offers, isWrong, onChange, onRemove }: LineProps) {
  const t = useQuietWords();
  const options = useId();
  const { label, value, isEqual } = matcher;
  return (
    <div className={form.line}>
      <select
        aria-label={t("silences.label")}
        value={label}
        onChange={(event) => {
          const next = LABELS.find((one) => one === event.target.value) ?? "name";
          onChange({ label: next, value: firstValue(next) });
        }}
      >
        {LABELS.map((one) => (
          <option key={one} value={one}>
            {t(`labels.${one}`)}
          </option>
        ))}
      </select>
      <select
        aria-label={t("silences.isOrNot")}
        value={isEqual ? "is" : "not"}
        onChange={(event) => onChange({ isEqual: event.target.value === "is" })}
      >
        <option value="is">{t("silences.is")}</option>
        <option value="not">{t("silences.isNot")}</option>
      </select>
      {label === "kind" || label === "severity" ? (
        <select
          className={form.value}
          aria-label={t(`labels.${label}`)}
          value={value}
          onChange={(event) => onChange({ value: event.target.value })}
        >
          {offers.map((one) => (
            <option key={one.value} value={one.value}>
              {one.label}
            </option>
          ))}
        </select>
      ) : (
        <>
          <input
            list={options}
            aria-label={t(`labels.${label}`)}
            aria-invalid={isWrong && value.trim() === ""}
            placeholder={t("silences.valueHint")}
            maxLength={200}
            value={value}
            onChange={(event) => onChange({ value: event.target.value })}
          />
          <datalist id={options}>
            {offers.map((one) => (
              <option key={one.value} value={one.value}>
                {one.label}
              </option>
            ))}
          </datalist>
        </>
      )}
      <TakeAway label={t("silences.removeLine", { name: `${t(`labels.${label}`)} ${value}` })} onClick={onRemove} />
    </div>
  );
}

interface FieldProps {
  matchers: readonly MatcherDraft[];
  onMatchers: (matchers: readonly MatcherDraft[]) => void;
  wrong: string | null;
}

export function MatchersField({ matchers, onMatchers, wrong }: FieldProps) {
  const t = useQuietWords();
  const offersOf = useOffers();
  return (
    <fieldset className={form.set}>
      <legend>{t("silences.what")}</legend>
      <p className={form.help}>{t("silences.whatHelp")}</p>
      {matchers.map((matcher, i) => (
        <Line
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place
          key={i}
          matcher={matcher}
          offers={offersOf(matcher.label, matcher.value)}
          isWrong={wrong !== null}
          onChange={(change) => onMatchers(matchers.map((one, at) => (at === i ? { ...one, ...change } : one)))}
          onRemove={() => onMatchers(matchers.filter((_, at) => at !== i))}
        />
      ))}
      {wrong !== null && <p className={form.wrong}>{wrong}</p>}
      <div>
        <PlainButton
          isDisabled={matchers.length >= MOST}
          onClick={() => onMatchers([...matchers, { label: "name", value: "", isEqual: true }])}
        >
          {t("silences.addLine")}
        </PlainButton>
      </div>
    </fieldset>
  );
}
