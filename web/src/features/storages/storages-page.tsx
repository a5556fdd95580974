// All storages, fullest first.

import { USED_WEEK, useSparks } from "../../fleet/use-sparks";
import { useWords } from "../../fleet/words";
import { useStorages, useStream } from "../../fleet/world";
import { Edges, EmptyNote } from "../../parts/edges";
import { PageHead, Panel } from "../../parts/panel";
import { StorageTable } from "../../views/storage-table";

export function StoragesPage() {
  const t = useWords();
  const stream = useStream("storages", "nodes", "clusters");
  const storages = useStorages();
  const sparks = useSparks(
    { kind: "storage", ...USED_WEEK },
    storages.map((storage) => storage.id),
  );
  return (
    <>
      <PageHead title={t("storages.title")} hint={storages.length > 0 && t("count.storages", { count: storages.length })} />
      <Edges
        stream={stream}
        isEmpty={storages.length === 0}
        empty={<EmptyNote title={t("storages.empty")} detail={t("storages.emptyDetail")} connect />}
      >
        <Panel title={t("storages.title")} isBare>
          <StorageTable storages={storages} empty={t("storages.empty")} sparks={sparks} />
        </Panel>
      </Edges>
    </>
  );
}
