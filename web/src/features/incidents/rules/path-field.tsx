// Which escalation path a rule takes.
import { SelectField } from "../../../parts/field";
import { usePathName, usePaths } from "../paths/use-paths";
import { useQuietWords } from "../shared/quiet-words";

interface FieldProps {
  /** Empty = the default one. */
  value: string;
  onPath: (id: string) => void;
  wrong: string | null;
}

export function PathField({ value, onPath, wrong }: FieldProps) {
  const t = useQuietWords();
  const nameOf = usePathName();
  const all = usePaths().data?.items ?? [];
  const usual = all.find((one) => one.is_default);
  // One that is not known here, or not yet, stays chosen.
  const unknown = value === "" || all.some(({ id }) => id === value) ? [] : [{ value, label: value }];
  return (
    <SelectField
      label={t("rules.path")}
      value={value}
      choices={[
        { value: "", label: t("rules.pathDefault", { name: usual ? nameOf(usual) : "–" }) },
        ...all.map((one) => ({ value: one.id, label: nameOf(one) })),
        ...unknown,
      ]}
      onText={onPath}
      wrong={wrong}
    />
  );
}
