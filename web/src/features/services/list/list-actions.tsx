// What one may do beside looking at the list: add one, add many, take a file in, take a file out.
import { useNavigate } from "react-router";
import { client } from "../../../api/client";
import { useOrderOf } from "../../../fleet/ask";
import { useServiceWords } from "../../../fleet/services/words";
import { useMay } from "../../../fleet/world";
import { LinkButton } from "../../../parts/order-button";
import { Button } from "../../../ui/button";
import { Menu, MenuItem } from "../../../ui/menu";
import { saveFile } from "../../../views/charts/chart-files";

type Format = "json" | "yaml" | "csv";
const FORMATS: readonly Format[] = ["json", "yaml", "csv"];

export function ListActions() {
  const t = useServiceWords();
  const navigate = useNavigate();
  const mayEdit = useMay("editor");
  const order = useOrderOf(async (format: Format) => {
    const reply = await client.GET("/api/services/export", { params: { query: { format } }, parseAs: "blob" });
    if (reply.data) saveFile(reply.data as unknown as Blob, `monitorix-services.${format}`);
    return reply;
  });
  if (!mayEdit) return null;
  return (
    <>
      {order.problem && <span role="alert">{order.problem.detail || t("fleet:edge.failed")}</span>}
      <Menu
        trigger={
          <Button look="plain" disabled={order.isBusy}>
            {t("list.more")} …
          </Button>
        }
      >
        <MenuItem onChoose={() => void navigate("/services/many")}>{t("many.title")}</MenuItem>
        <MenuItem onChoose={() => void navigate("/services/import")}>{t("import.title")}</MenuItem>
        {FORMATS.map((format) => (
          <MenuItem key={format} onChoose={() => void order.run(format)}>
            {t("list.export", { format: format.toUpperCase() })}
          </MenuItem>
        ))}
      </Menu>
      <LinkButton to="/services/new">{t("list.add")}</LinkButton>
    </>
  );
}
