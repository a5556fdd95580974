// Removes one thing after asking once more.
import { useQueryClient } from "@tanstack/react-query";
import { PlainButton } from "../../../parts/order-button";
import { Refusal } from "../../../parts/refusal";
import { RemoveDialog } from "../../../parts/remove-dialog";
import { useDeed } from "../../../parts/use-deed";
import { useFaults } from "./faults";

interface RemoveProps {
  word: string;
  title: string;
  help: string;
  /** What is asked again afterwards. */
  queryKey: readonly string[];
  remove: () => Promise<unknown>;
  after?: () => void;
}

export function RemoveButton({ word, title, help, queryKey, remove, after }: RemoveProps) {
  const queries = useQueryClient();
  const removing = useDeed();
  const faults = useFaults(removing.problem);
  const run = async () => {
    if (!(await removing.run(remove))) return;
    after?.();
    await queries.invalidateQueries({ queryKey });
  };
  return (
    <RemoveDialog
      word={word}
      title={title}
      help={help}
      confirm={
        <PlainButton kind="danger" isBusy={removing.isBusy} onClick={() => void run()}>
          {word}
        </PlainButton>
      }
    >
      <Refusal text={faults.rest([])} />
    </RemoveDialog>
  );
}
