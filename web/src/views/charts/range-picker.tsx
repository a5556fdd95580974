// Which time the charts of a page show, and what they are compared with.
import { ChevronLeft, ChevronRight, Flag, FlagOff } from "lucide-react";
import { COMPARISONS, type RangeControl, SPANS, useMarksShown } from "../../fleet/range";
import { useWords } from "../../fleet/words";
import { Button } from "../../ui/button";
import { Menu, MenuChoice } from "../../ui/menu";
import styles from "./range-picker.module.css";

export function RangePicker({ control }: { control: RangeControl }) {
  const t = useWords();
  const [areMarksShown, showMarks] = useMarksShown();
  const { range, comparison, choose, shift, compare } = control;
  return (
    <div className={styles.bar}>
      <fieldset className={styles.spans} aria-label={t("range.title")}>
        {SPANS.map((span) => (
          <button key={span} type="button" className={styles.span} aria-pressed={range.span === span} onClick={() => choose(span)}>
            {t(`range.${span}`)}
          </button>
        ))}
      </fieldset>
      <Button look="quiet" className={styles.step} aria-label={t("range.earlier")} title={t("range.earlier")} onClick={() => shift(-1)}>
        <ChevronLeft size={16} aria-hidden="true" />
      </Button>
      <Button
        look="quiet"
        className={styles.step}
        aria-label={t("range.later")}
        title={t("range.later")}
        disabled={range.to === null}
        onClick={() => shift(1)}
      >
        <ChevronRight size={16} aria-hidden="true" />
      </Button>
      {range.to !== null && <Button onClick={() => choose("1h")}>{t("range.now")}</Button>}
      <Menu
        trigger={
          <Button look="quiet">
            {comparison === "none" ? `${t("range.compare")} …` : `${t("range.compare")} ${t(`range.with.${comparison}`)}`}
          </Button>
        }
      >
        <MenuChoice
          label={t("range.compare")}
          value={comparison}
          choices={COMPARISONS.map((value) => ({ value, label: t(`range.with.${value}`) }))}
          onChange={(value) => compare(COMPARISONS.find((one) => one === value) ?? "none")}
        />
      </Menu>
      <Button look="quiet" aria-pressed={areMarksShown} onClick={() => showMarks(!areMarksShown)}>
        {areMarksShown ? <Flag size={15} aria-hidden="true" /> : <FlagOff size={15} aria-hidden="true" />} {t("event.marks")}
      </Button>
    </div>
  );
}
