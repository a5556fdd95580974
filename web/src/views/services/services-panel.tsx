// The services of a guest, a node or a cluster, on that object's page. Its words and its table come when it is shown.
import { lazy, type ReactNode, Suspense } from "react";
import { type Subject, useServicesOf } from "../../fleet/services/world";
import { useWords } from "../../fleet/words";
import { useStream } from "../../fleet/world";
import { readServiceWords } from "../../i18n/words";
import { Edges, Skeleton } from "../../parts/edges";
import { Panel } from "../../parts/panel";

const ServicesTable = lazy(async () => {
  const [table] = await Promise.all([import("./services-table"), readServiceWords()]);
  return table;
});

interface PanelProps {
  subject: Subject;
  actions?: ReactNode;
  /** Below the table, as long as it is wanted. */
  children?: ReactNode;
}

export function ServicesPanel({ subject, actions, children }: PanelProps) {
  const t = useWords();
  const stream = useStream("services");
  const services = useServicesOf(subject);
  return (
    <Panel title={t("service.watched")} wide={services.length > 0} actions={actions}>
      <Edges stream={stream}>
        <Suspense fallback={<Skeleton />}>
          <ServicesTable services={services} />
          {children}
        </Suspense>
      </Edges>
    </Panel>
  );
}
