// The escalation paths: who is told, who next, and how many rules take each.
import { Link } from "react-router";
import type { Channel, Escalation } from "../../../fleet/nouns";
import { useNumbers } from "../../../fleet/numbers";
import { useMay } from "../../../fleet/world";
import { Skeleton, Unread } from "../../../parts/edges";
import { LinkButton } from "../../../parts/order-button";
import { PageHead, Panel } from "../../../parts/panel";
import { type Column, Table } from "../../../parts/table";
import form from "../shared/form.module.css";
import { useQuietWords } from "../shared/quiet-words";
import { Tabs } from "../shared/tabs";
import { draftOf } from "./draft";
import styles from "./paths.module.css";
import { useMoment } from "./preview";
import { tellingsOf } from "./telling";
import { useChannels, usePathName, usePaths } from "./use-paths";

/** What the path says of the worst: each step with the channels it names. */
function Steps({ path, channels }: { path: Escalation; channels: readonly Channel[] }) {
  const t = useQuietWords();
  const momentOf = useMoment();
  const draft = draftOf(path);
  return (
    <ol className={styles.steps}>
      {tellingsOf(draft, "critical", channels).map(({ step, minutes, told }) => (
        <li key={step}>
          <b>{momentOf(minutes)}</b> {draft.steps[step]?.isAll ? t("paths.whoms.all") : told.map(({ name }) => name).join(", ")}
        </li>
      ))}
    </ol>
  );
}

export function PathsPage() {
  const t = useQuietWords();
  const numbers = useNumbers();
  const mayEdit = useMay("editor");
  const nameOf = usePathName();
  const paths = usePaths();
  const channels = useChannels().data ?? [];
  const columns: readonly Column<Escalation>[] = [
    {
      key: "name",
      title: t("fleet:field.name"),
      cell: (one) => (
        <div className={form.stack}>
          <Link to={`/incidents/paths/${one.id}`}>{nameOf(one)}</Link>
          {one.is_default && <span className={form.help}>{t("paths.default")}</span>}
        </div>
      ),
      by: nameOf,
    },
    { key: "steps", title: t("paths.steps"), cell: (one) => <Steps path={one} channels={channels} /> },
    {
      key: "rules",
      title: t("paths.ruleCount"),
      right: true,
      wideOnly: true,
      cell: (one) => numbers.count(one.rule_count),
      by: (one) => one.rule_count,
    },
  ];
  const body = () => {
    if (paths.isLoading) return <Skeleton />;
    if (!paths.data) return <Unread error={paths.error} retry={paths.refetch} />;
    return (
      <Panel title={t("paths.title")} isBare>
        <Table label={t("paths.title")} rows={paths.data.items} columns={columns} rowKey={(one) => one.id} empty={t("paths.none")} />
      </Panel>
    );
  };
  return (
    <>
      <PageHead
        title={t("paths.title")}
        hint={t("paths.hint")}
        actions={mayEdit && <LinkButton to="/incidents/paths/new">{t("paths.add")}</LinkButton>}
      />
      <Tabs />
      {body()}
    </>
  );
}
