// A panel of something that is asked rarely: how old it is, and why there is none or nothing newer.
import type { ReactNode } from "react";
import type { components } from "../api/schema.gen";
import type { Answer } from "../fleet/ask";
import { useNumbers } from "../fleet/numbers";
import { useReason } from "../fleet/reason";
import { useWords } from "../fleet/words";
import { Answered } from "../parts/edges";
import { Panel } from "../parts/panel";
import styles from "./fact-panel.module.css";

type Collected = Pick<
  components["schemas"]["NodeDisks"],
  "collected_at" | "unavailable_reason" | "unavailable_code" | "unavailable_params"
>;

/** Why there is no newer answer, or that nobody asked yet; nothing when all is well. */
export function WhyNot({ fact }: { fact: Collected }) {
  const t = useWords();
  const reason = useReason();
  if (fact.unavailable_reason !== null) {
    const said = reason(fact.unavailable_code, fact.unavailable_params, fact.unavailable_reason);
    return (
      <p className={styles.why} title={fact.unavailable_reason}>
        {said}
      </p>
    );
  }
  return fact.collected_at === null ? <p className={styles.why}>{t("node.notAsked")}</p> : null;
}

interface Props<T extends Collected> {
  title: string;
  answer: Answer<T>;
  wide?: boolean;
  children: (fact: T) => ReactNode;
}

export function FactPanel<T extends Collected>({ title, answer, wide = false, children }: Props<T>) {
  const t = useWords();
  const numbers = useNumbers();
  const at = answer.data?.collected_at;
  return (
    <Panel title={title} hint={at && t("node.asOf", { ago: numbers.ago(at) })} wide={wide}>
      <Answered answer={answer}>
        {(fact) => (
          <>
            <WhyNot fact={fact} />
            {fact.collected_at !== null && children(fact)}
          </>
        )}
      </Answered>
    </Panel>
  );
}
