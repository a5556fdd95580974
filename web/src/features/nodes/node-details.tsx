// Services and certificates of a node.
import type { components } from "../../api/schema.gen";
import { useNumbers } from "../../fleet/numbers";
import { useWords } from "../../fleet/words";
import { Shape } from "../../parts/state-mark";
import { type Column, Table } from "../../parts/table";

type Service = components["schemas"]["PveService"];
type Certificate = components["schemas"]["NodeCertificate"];

const RUNNING = new Set(["running", "exited"]);

export function ServiceTable({ services, reason }: { services: readonly Service[]; reason: string | null }) {
  const t = useWords();
  const columns: Column<Service>[] = [
    {
      key: "state",
      title: t("field.state"),
      cell: (service) => (
        <>
          <Shape tone={RUNNING.has(service.state) ? "ok" : "off"} /> {service.state}
        </>
      ),
      by: (service) => service.state,
    },
    { key: "service", title: t("field.service"), cell: (service) => service.name, by: (service) => service.name },
    { key: "description", title: t("field.description"), cell: (service) => service.description },
  ];
  return (
    <Table
      label={t("node.services")}
      rows={services}
      columns={columns}
      rowKey={(s) => s.name}
      empty={reason ?? t("node.servicesEmpty")}
      first={{ key: "service", down: false }}
    />
  );
}

export function CertificateTable({ certificates, reason }: { certificates: readonly Certificate[]; reason: string | null }) {
  const t = useWords();
  const numbers = useNumbers();
  const columns: Column<Certificate>[] = [
    { key: "file", title: t("field.file"), cell: (c) => c.filename },
    { key: "subject", title: t("field.subject"), cell: (c) => <span title={c.subject}>{c.subject}</span> },
    { key: "issuer", title: t("field.issuer"), cell: (c) => <span title={c.issuer}>{c.issuer}</span> },
    { key: "until", title: t("field.validUntil"), cell: (c) => numbers.moment(c.not_after), by: (c) => c.not_after },
    { key: "fingerprint", title: t("field.fingerprint"), cell: (c) => <code title={c.fingerprint_sha256}>{c.fingerprint_sha256}</code> },
  ];
  return (
    <Table
      label={t("node.certificates")}
      rows={certificates}
      columns={columns}
      rowKey={(c) => c.filename}
      empty={reason ?? t("node.certificatesEmpty")}
    />
  );
}
