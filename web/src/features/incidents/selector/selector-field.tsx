// Whom it is about: of one kind, of some clusters, with a tag, in a pool, or these very objects.
import { useId, useState } from "react";
import { useVmValues } from "../../../fleet/world";
import { SelectField } from "../../../parts/field";
import { PlainButton } from "../../../parts/order-button";
import { TakeAway } from "../shared/choices";
import form from "../shared/form.module.css";
import { useQuietWords } from "../shared/quiet-words";
import { hasPools, isEverything, KINDS, type ListName, listsFor, ofType, type SelectorDraft, type WordList } from "./selector";
import { labelOf, type Thing, type Things, useThings } from "./things";

interface ChipsProps {
  items: readonly { key: string; name: string }[];
  onRemove: (key: string) => void;
}

function Chips({ items, onRemove }: ChipsProps) {
  const t = useQuietWords();
  if (items.length === 0) return null;
  return (
    <ul className={form.chips}>
      {items.map(({ key, name }) => (
        <li key={key}>
          {name} <TakeAway label={t("selector.takeOut", { name })} onClick={() => onRemove(key)} />
        </li>
      ))}
    </ul>
  );
}

interface ObjectsProps {
  list: ListName;
  ids: readonly string[];
  things: Things;
  onIds: (ids: readonly string[]) => void;
}

function Objects({ list, ids, things, onIds }: ObjectsProps) {
  const t = useQuietWords();
  const options = useId();
  const [wanted, setWanted] = useState("");
  const [isLeft, setLeft] = useState(false);
  const found = things.find(list, wanted, ids);
  const take = (text: string, offered: readonly Thing[]) => {
    const [only, other] = offered;
    const isTaken = text.trim() !== "" && only !== undefined && other === undefined;
    setWanted(isTaken ? "" : text);
    if (isTaken) onIds([...ids, only.id]);
  };
  const type = (text: string) => {
    const meant = things.meant(list, text, ids);
    // Who types "db-1" may be on the way to "db-10": it is taken at once only when it leads nowhere else, or was picked.
    const isPicked = meant.some((one) => one.more !== "" && labelOf(one) === text);
    setLeft(false);
    take(text, isPicked || things.find(list, text, ids).length === 1 ? meant : []);
  };
  const isUnknown = isLeft && wanted.trim() !== "";
  return (
    <>
      <div className={form.line}>
        <input
          list={options}
          aria-label={t(`selector.find.${list}`)}
          placeholder={t(`selector.find.${list}`)}
          value={wanted}
          aria-invalid={isUnknown}
          onChange={(event) => type(event.target.value)}
          onBlur={() => {
            setLeft(true);
            take(wanted, things.meant(list, wanted, ids));
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            const meant = things.meant(list, wanted, ids);
            setLeft(true);
            take(wanted, meant.length > 0 ? meant : found);
          }}
        />
        <datalist id={options}>
          {found.map((one) => (
            <option key={one.id} value={labelOf(one)} />
          ))}
        </datalist>
      </div>
      {isUnknown && (
        <p role="alert" className={form.wrong}>
          {t("selector.noneMeant")}
        </p>
      )}
      <Chips
        items={ids.map((id) => ({ key: id, name: things.nameOf(list, id) }))}
        onRemove={(id) => onIds(ids.filter((other) => other !== id))}
      />
    </>
  );
}

interface TextsProps {
  list: WordList;
  texts: readonly string[];
  known: readonly string[];
  onTexts: (texts: readonly string[]) => void;
}

function Texts({ list, texts, known, onTexts }: TextsProps) {
  const t = useQuietWords();
  const options = useId();
  const [wanted, setWanted] = useState("");
  const take = (text: string) => {
    const one = text.trim();
    setWanted("");
    if (one !== "" && !texts.includes(one)) onTexts([...texts, one]);
  };
  const type = (text: string) => {
    const isWhole = known.includes(text) && !known.some((one) => one !== text && one.startsWith(text));
    if (isWhole) take(text);
    else setWanted(text);
  };
  return (
    <>
      <div className={form.line}>
        <input
          list={options}
          maxLength={100}
          aria-label={t(`selector.find.${list}`)}
          placeholder={t(`selector.find.${list}`)}
          value={wanted}
          onChange={(event) => type(event.target.value)}
          onBlur={() => take(wanted)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            take(wanted);
          }}
        />
        <PlainButton onClick={() => take(wanted)}>{t("selector.add")}</PlainButton>
        <datalist id={options}>
          {known
            .filter((one) => !texts.includes(one))
            .map((one) => (
              <option key={one} value={one} />
            ))}
        </datalist>
      </div>
      <Chips items={texts.map((text) => ({ key: text, name: text }))} onRemove={(text) => onTexts(texts.filter((one) => one !== text))} />
    </>
  );
}

interface FieldProps {
  value: SelectorDraft;
  onValue: (value: SelectorDraft) => void;
  /** What the choice of nothing means. */
  everything: string;
  wrong?: string | null;
}

export function SelectorField({ value, onValue, everything, wrong = null }: FieldProps) {
  const t = useQuietWords();
  const things = useThings();
  const { tag, pool } = useVmValues();
  return (
    <fieldset className={form.set} aria-label={t("selector.whom")}>
      <SelectField
        label={t("selector.kind")}
        value={value.type ?? ""}
        choices={[{ value: "", label: t("selector.anyKind") }, ...KINDS.map((one) => ({ value: one, label: t(`kinds.${one}`) }))]}
        onText={(text) => onValue(ofType(value, KINDS.find((one) => one === text) ?? null))}
      />
      {listsFor(value.type).map((list) => (
        <Objects key={list} list={list} ids={value[list]} things={things} onIds={(ids) => onValue({ ...value, [list]: ids })} />
      ))}
      {value.type !== "monitor" && <Texts list="tags" texts={value.tags} known={tag} onTexts={(tags) => onValue({ ...value, tags })} />}
      {hasPools(value.type) && <Texts list="pools" texts={value.pools} known={pool} onTexts={(pools) => onValue({ ...value, pools })} />}
      {wrong !== null && <p className={form.wrong}>{wrong}</p>}
      {isEverything(value) && <p className={form.help}>{everything}</p>}
    </fieldset>
  );
}
