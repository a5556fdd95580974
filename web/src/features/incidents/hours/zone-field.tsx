// A time zone by its name, with those that the browser knows offered.
import { useId } from "react";
import { Field } from "../../../parts/field";
import { useQuietWords } from "../shared/quiet-words";

export function ZoneField({ value, onText, wrong }: { value: string; onText: (zone: string) => void; wrong: string | null }) {
  const t = useQuietWords();
  const options = useId();
  return (
    <>
      <Field
        label={t("windows.zone")}
        list={options}
        value={value}
        onText={onText}
        hint={t("windows.zoneHint")}
        spellCheck={false}
        wrong={wrong}
      />
      <datalist id={options}>
        {["UTC", ...Intl.supportedValuesOf("timeZone")].map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}
