// The edges of every list: loading, empty, partial, failed, not allowed, gone. A stale one is greyed by its class.
import { type ReactNode, useEffect, useState } from "react";
import { problemOf } from "../api/problem";
import type { Answer } from "../fleet/ask";
import { useWords } from "../fleet/words";
import { type StreamState, useMay } from "../fleet/world";
import styles from "./edges.module.css";
import { LinkButton, PlainButton } from "./order-button";

const PATIENCE_MS = 150;

/** Grey lines in the place of content, only after a wait that one would notice. */
export function Skeleton() {
  const t = useWords();
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={`${styles.skeleton} ${isLate ? styles.late : ""}`} role="status" aria-label={t("edge.loading")}>
      <span />
      <span />
      <span />
    </div>
  );
}

interface NoteProps {
  title: string;
  detail?: string;
  connect?: boolean;
  action?: { word: string; run: () => void };
}

export function EmptyNote({ title, detail, connect = false, action }: NoteProps) {
  const t = useWords();
  const mayConnect = useMay("admin");
  return (
    <div className={styles.note}>
      <h2>{title}</h2>
      {detail && <p>{detail}</p>}
      {connect && mayConnect && <LinkButton to="/clusters/connect">{t("clusters.connect")}</LinkButton>}
      {action && <PlainButton onClick={action.run}>{action.word}</PlainButton>}
    </div>
  );
}

/** In the place of what could not be read: not allowed, or to be tried again. */
export function Unread({ error, retry }: { error: unknown; retry: () => unknown }) {
  const t = useWords();
  if (problemOf(error).status === 403) return <EmptyNote title={t("edge.forbidden")} detail={t("edge.forbiddenDetail")} />;
  return <EmptyNote title={t("edge.failed")} detail={t("edge.failedDetail")} action={{ word: t("retry"), run: () => void retry() }} />;
}

export function Gone() {
  const t = useWords();
  return <EmptyNote title={t("edge.gone")} detail={t("edge.goneDetail")} />;
}

interface EdgesProps {
  stream: StreamState;
  isEmpty?: boolean;
  empty?: ReactNode;
  children: ReactNode;
}

export function Edges({ stream, isEmpty = false, empty, children }: EdgesProps) {
  const t = useWords();
  if (stream.phase === "loading") return <Skeleton />;
  if (stream.phase === "forbidden") return <EmptyNote title={t("edge.forbidden")} detail={t("edge.forbiddenDetail")} />;
  if (stream.phase === "failed") return <EmptyNote title={t("edge.failed")} detail={t("edge.failedDetail")} />;
  if (isEmpty) return <>{empty}</>;
  return <div className={stream.isStale ? styles.stale : styles.live}>{children}</div>;
}

export function Answered<T>({ answer, children }: { answer: Answer<T>; children: (data: T) => ReactNode }) {
  const t = useWords();
  if (answer.data !== undefined) return <>{children(answer.data)}</>;
  if (answer.isLoading) return <Skeleton />;
  if (answer.problem?.status === 403) return <p className={styles.muted}>{t("edge.forbiddenDetail")}</p>;
  return (
    <p className={styles.muted} role="alert">
      {t("edge.failed")}. {answer.problem?.detail} <PlainButton onClick={answer.retry}>{t("retry")}</PlainButton>
    </p>
  );
}
