// The end of a form: why it was refused, and its two buttons. When somebody else changed the thing meanwhile that is
// said, and the form can be filled anew with what it has become.
import type { ProblemError } from "../../../api/problem";
import { PlainButton } from "../../../parts/order-button";
import { Refusal } from "../../../parts/refusal";
import { Button } from "../../../ui/button";
import form from "./form.module.css";
import { useQuietWords } from "./quiet-words";

interface EndProps {
  problem: ProblemError | null;
  /** What no field of the form says. */
  rest: string | null;
  isBusy: boolean;
  onCancel: () => void;
  /** Of a thing that is known: takes it as it is now. */
  onReload?: (() => void) | undefined;
}

export const isConflict = (problem: ProblemError | null): boolean =>
  problem !== null && (problem.status === 412 || (problem.status === 409 && problem.fields.length === 0));

export function FormEnd({ problem, rest, isBusy, onCancel, onReload }: EndProps) {
  const t = useQuietWords();
  return (
    <>
      {onReload && isConflict(problem) ? (
        <div role="alert" className={form.conflict}>
          <p>{t("conflict.text")}</p>
          <PlainButton onClick={onReload}>{t("conflict.load")}</PlainButton>
        </div>
      ) : (
        <Refusal text={rest} />
      )}
      <div className={form.buttons}>
        <Button type="submit" look="main" disabled={isBusy}>
          {t("fleet:save")}
        </Button>
        <Button onClick={onCancel}>{t("fleet:cancel")}</Button>
      </div>
    </>
  );
}
