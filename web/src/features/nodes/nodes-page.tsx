// All nodes: tiles by cluster, or a table; the filter and the view live in the address.
import { useSearchParams } from "react-router";
import type { Node } from "../../fleet/nouns";
import { CPU_HOUR, useSparks } from "../../fleet/use-sparks";
import { useWords } from "../../fleet/words";
import { useClusters, useNodes, useStream } from "../../fleet/world";
import { Edges, EmptyNote } from "../../parts/edges";
import { PageHead, Panel } from "../../parts/panel";
import { NodeTiles } from "../../views/node-tiles";
import { NodeTable } from "./node-table";
import styles from "./nodes-page.module.css";

const fits = (node: Node, line: string): boolean =>
  line
    .toLowerCase()
    .split(/\s+/)
    .every((word) => node.name.toLowerCase().includes(word) || node.status === word || node.tags.some((tag) => tag.toLowerCase() === word));

export function NodesPage() {
  const t = useWords();
  const stream = useStream("nodes", "clusters");
  const clusters = useClusters();
  const nodes = useNodes();
  const sparks = useSparks(
    { kind: "node", ...CPU_HOUR },
    nodes.map((node) => node.id),
  );
  const [params, setParams] = useSearchParams();
  const line = params.get("q") ?? "";
  const isTable = params.get("view") === "table";
  const put = (name: string, value: string) => {
    const after = new URLSearchParams(params);
    if (value) after.set(name, value);
    else after.delete(name);
    setParams(after, { replace: true });
  };
  const shown = nodes.filter((node) => fits(node, line));
  const views = (
    <fieldset className={styles.views} aria-label={t("node.view")}>
      <button type="button" aria-pressed={!isTable} onClick={() => put("view", "")}>
        {t("node.tiles")}
      </button>
      <button type="button" aria-pressed={isTable} onClick={() => put("view", "table")}>
        {t("node.table")}
      </button>
    </fieldset>
  );
  return (
    <>
      <PageHead
        title={t("nodes.title")}
        hint={nodes.length > 0 && t("count.shown", { shown: shown.length, total: nodes.length })}
        actions={nodes.length > 0 && views}
      />
      <Edges
        stream={stream}
        isEmpty={nodes.length === 0}
        empty={<EmptyNote title={t("nodes.empty")} detail={t("nodes.emptyDetail")} connect />}
      >
        <input
          className={styles.filter}
          type="search"
          aria-label={t("nodes.filter")}
          placeholder={t("nodes.filter")}
          value={line}
          onChange={(event) => put("q", event.target.value)}
        />
        {shown.length === 0 && <EmptyNote title={t("nodes.noMatch")} action={{ word: t("guests.clear"), run: () => put("q", "") }} />}
        {isTable && shown.length > 0 && (
          <Panel title={t("nodes.title")} isBare>
            <NodeTable nodes={shown} sparks={sparks} />
          </Panel>
        )}
        {!isTable &&
          clusters.map((cluster) => {
            const own = shown.filter((node) => node.cluster_id === cluster.id);
            return (
              own.length > 0 && (
                <div key={cluster.id} className={styles.cluster}>
                  <Panel title={cluster.name} hint={t("count.nodes", { count: own.length })}>
                    <NodeTiles ids={own.map((node) => node.id)} label={cluster.name} sparks={sparks} />
                  </Panel>
                </div>
              )
            );
          })}
      </Edges>
    </>
  );
}
