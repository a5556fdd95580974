// The status pages that exist, with their public addresses.
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { client } from "../../api/client";
import { answer } from "../../api/problem";
import type { StatusPage } from "../../fleet/nouns";
import { useNumbers } from "../../fleet/numbers";
import { useServiceWords } from "../../fleet/services/words";
import { useMay } from "../../fleet/world";
import { EmptyNote, Skeleton, Unread } from "../../parts/edges";
import { LinkButton } from "../../parts/order-button";
import { PageHead, Panel } from "../../parts/panel";
import { Shape } from "../../parts/state-mark";
import { type Column, Table } from "../../parts/table";
import styles from "./status-pages.module.css";

const countOf = (page: StatusPage): number => page.groups.reduce((sum, group) => sum + group.items.length, 0);

export const statusPagesQuery = {
  queryKey: ["status-pages"],
  queryFn: async () => (await answer(client.GET("/api/status-pages", { params: { query: { limit: 1000 } } }))).items,
};

function PageTable({ pages }: { pages: readonly StatusPage[] }) {
  const t = useServiceWords();
  const numbers = useNumbers();
  const columns: readonly Column<StatusPage>[] = [
    {
      key: "title",
      title: t("fleet:field.name"),
      cell: (page) => <Link to={`/status-pages/${page.id}`}>{page.title}</Link>,
      by: (page) => page.title,
    },
    {
      key: "public",
      title: t("status.seen"),
      cell: (page) => (
        <span className={styles.mark}>
          <Shape tone={page.is_public ? "ok" : "off"} /> {t(page.is_public ? "status.public" : "status.hidden")}
        </span>
      ),
    },
    {
      key: "address",
      title: t("status.address"),
      wideOnly: true,
      cell: (page) =>
        page.is_public ? (
          <a href={`/status/${page.slug}`} target="_blank" rel="noreferrer">
            /status/{page.slug}
          </a>
        ) : (
          `/status/${page.slug}`
        ),
    },
    { key: "services", title: t("title"), right: true, cell: (page) => numbers.count(countOf(page)), by: countOf },
  ];
  return <Table label={t("status.title")} rows={pages} columns={columns} rowKey={(page) => page.id} empty={t("status.empty")} />;
}

export function StatusPagesPage() {
  const t = useServiceWords();
  const mayEdit = useMay("editor");
  const pages = useQuery(statusPagesQuery);
  const add = mayEdit && <LinkButton to="/status-pages/new">{t("status.add")}</LinkButton>;
  const body = () => {
    if (pages.isLoading) return <Skeleton />;
    if (!pages.data) return <Unread error={pages.error} retry={pages.refetch} />;
    if (pages.data.length === 0) return <EmptyNote title={t("status.empty")} detail={t("status.emptyDetail")} />;
    return (
      <Panel title={t("status.title")} isBare>
        <PageTable pages={pages.data} />
      </Panel>
    );
  };
  return (
    <>
      <PageHead title={t("status.title")} hint={t("status.hint")} actions={add} />
      {body()}
    </>
  );
}
