// What a list shows before it is there, or when it cannot be.
import { problemOf } from "../../api/problem";
import { tellProblem, useAccountWords } from "../../parts/account-words";
import form from "../../parts/form.module.css";
import { Button } from "../../ui/button";
import styles from "./settings.module.css";

export interface AskedProps {
  isLoading: boolean;
  error: Error | null;
  retry: () => void;
}

export function Asked({ isLoading, error, retry }: AskedProps) {
  const say = useAccountWords();
  if (error)
    return (
      <div role="alert" className={form.row}>
        <span className={form.wrong}>{tellProblem(say, problemOf(error))}</span>
        <Button onClick={retry}>{say("retry")}</Button>
      </div>
    );
  return isLoading ? <p className={styles.quiet}>{say("loading")}</p> : null;
}
