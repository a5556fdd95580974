// The frame around every page: rail, top bar, banner, keys. A page that breaks leaves it standing.
import { useQuery } from "@tanstack/react-query";
import { PanelLeftClose, PanelLeftOpen, Search, TriangleAlert } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { Outlet, useLocation, useSearchParams } from "react-router";
import { versionQuery } from "../../api/queries";
import { useFrameWords } from "../../i18n/frame";
import { Brand } from "../../ui/brand";
import { Kbd } from "../../ui/kbd";
import { KeysHelp } from "./keys-help";
import { LiveIndicator } from "./live-state";
import { Rail } from "./rail";
import styles from "./shell.module.css";
import { useKeys } from "./use-keys";
import { useTitle } from "./use-title";
import { UserMenu } from "./user-menu";

const Palette = lazy(() => import("./palette"));
const Watch = lazy(() => import("../../views/alerts/watch"));

type Over = "none" | "palette" | "keys";

function Banner() {
  const t = useFrameWords();
  const version = useQuery(versionQuery);
  if (!version.data?.insecure_http) return null;
  return (
    <div className={styles.banner} role="note">
      <TriangleAlert size={15} aria-hidden="true" /> <b>{t("insecure.title")}</b> {t("insecure.detail")}
    </div>
  );
}

export function Shell() {
  const t = useFrameWords();
  const [over, show] = useState<Over>("none");
  const [isNarrow, setNarrow] = useState(false);
  const [asked] = useSearchParams();
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const isKiosk = asked.get("kiosk") === "1";
  useTitle();
  useKeys({ onSearch: () => show("palette"), onHelp: () => show("keys") });
  useEffect(() => {
    void pathname;
    if (main.current) main.current.scrollTop = 0;
  }, [pathname]);

  const page = (
    <main ref={main} id="content" className={styles.main} tabIndex={-1}>
      <Outlet />
    </main>
  );
  if (isKiosk) return <div className={styles.kiosk}>{page}</div>;
  return (
    <div className={styles.frame} data-narrow={isNarrow}>
      <a className={styles.skip} href="#content">
        {t("skip")}
      </a>
      <aside className={styles.rail} aria-label="Monitorix">
        <div className={styles.brand}>
          <Brand />
        </div>
        <Rail />
        <button
          type="button"
          className={styles.fold}
          aria-label={t(isNarrow ? "nav.expand" : "nav.collapse")}
          onClick={() => setNarrow(!isNarrow)}
        >
          {isNarrow ? <PanelLeftOpen size={17} aria-hidden="true" /> : <PanelLeftClose size={17} aria-hidden="true" />}
        </button>
      </aside>
      <header className={styles.top}>
        <button type="button" className={styles.search} aria-keyshortcuts="Control+K" onClick={() => show("palette")}>
          <Search size={15} aria-hidden="true" /> <span>{t("search.open")}</span> <Kbd keys="Ctrl K" />
        </button>
        <div className={styles.right}>
          <LiveIndicator />
          <UserMenu onKeys={() => show("keys")} />
        </div>
      </header>
      <div className={styles.body}>
        <Banner />
        {page}
      </div>
      <Suspense fallback={null}>
        <Watch />
      </Suspense>
      {over === "palette" && (
        <Suspense fallback={null}>
          <Palette onClose={() => show("none")} onKeys={() => show("keys")} />
        </Suspense>
      )}
      <KeysHelp isOpen={over === "keys"} onClose={() => show("none")} />
    </div>
  );
}
