// What stands where no page can: the wait at the start, a page that broke, an address that leads nowhere.
import { useEffect, useState } from "react";
import { Link, useLocation, useNavigate, useRouteError } from "react-router";
import { useFrameWords } from "../i18n/frame";
import { Button } from "../ui/button";
import styles from "./edges.module.css";

const PATIENCE_MS = 150;

/** Nothing at first, then a quiet word: a wait nobody notices needs none. */
export function Waiting({ isUnreachable = false }: { isUnreachable?: boolean }) {
  const t = useFrameWords();
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <output className={styles.waiting}>
      {isUnreachable ? t("wait.unreachable") : <span className={isLate ? styles.late : styles.early}>{t("wait.loading")}</span>}
    </output>
  );
}

/** A part of the app that this page was built with is no longer on the server. */
const isOutdated = (error: unknown): boolean =>
  error instanceof Error && /dynamically imported module|importing a module script|module script failed/i.test(error.message);

export function BrokenPage() {
  const t = useFrameWords();
  const error = useRouteError();
  const navigate = useNavigate();
  const { pathname, search } = useLocation();
  const reload = () => globalThis.location.reload();
  if (isOutdated(error))
    return (
      <div className={styles.note} role="alert">
        <h1>{t("broken.title")}</h1>
        <p>{t("broken.newVersion")}</p>
        <Button look="main" onClick={reload}>
          {t("broken.reload")}
        </Button>
      </div>
    );
  return (
    <div className={styles.note} role="alert">
      <h1>{t("broken.title")}</h1>
      <p>{t("broken.detail")}</p>
      <p className={styles.row}>
        <Button look="main" onClick={() => void navigate(pathname + search, { replace: true })}>
          {t("broken.retry")}
        </Button>
        <Button onClick={reload}>{t("broken.reload")}</Button>
      </p>
      <pre className={styles.reason}>{error instanceof Error ? `${error.name}: ${error.message}` : String(error)}</pre>
    </div>
  );
}

export function MissingPage() {
  const t = useFrameWords();
  return (
    <div className={styles.note}>
      <h1>{t("missing.title")}</h1>
      <p>{t("missing.detail")}</p>
      <p>
        <Link to="/dashboard">{t("missing.home")}</Link>
      </p>
    </div>
  );
}
