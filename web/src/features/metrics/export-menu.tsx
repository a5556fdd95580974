// Everything of the chosen objects over the range, as a file that the server makes.
import { client } from "../../api/client";
import { useOrderOf } from "../../fleet/ask";
import type { Range } from "../../fleet/range";
import { useWords } from "../../fleet/words";
import { Button } from "../../ui/button";
import { Menu, MenuItem } from "../../ui/menu";
import { saveFile } from "../../views/charts/chart-files";

/** What a file may hold, and the most metrics that an object has. */
const MOST_POINTS = 250_000;
const METRICS = 20;

const FORMS = { csv: "/api/metrics/export/csv", json: "/api/metrics/export/json" } as const;
type Form = keyof typeof FORMS;

function nameIn(header: string | null, form: Form): string {
  return header?.match(/filename="([^"]+)"/)?.[1] ?? `monitorix.${form}`;
}

export function ExportMenu({ objects, range }: { objects: readonly string[]; range: Range }) {
  const t = useWords();
  const order = useOrderOf(async (form: Form) => {
    const to = range.to ?? Math.floor(Date.now() / 1000);
    const at = (seconds: number) => new Date(seconds * 1000).toISOString();
    const points = Math.min(2000, Math.floor(MOST_POINTS / (objects.length * METRICS)) - 2);
    const query = { object: [...objects], from: at(to - range.seconds), to: at(to), points };
    const reply = await client.GET(FORMS[form], { params: { query }, parseAs: "blob" });
    if (reply.data) saveFile(reply.data, nameIn(reply.response.headers.get("Content-Disposition"), form));
    return reply;
  });
  return (
    <>
      <Menu
        trigger={
          <Button look="quiet" disabled={order.isBusy}>
            {t("metrics.saveAll")} …
          </Button>
        }
      >
        <MenuItem onChoose={() => void order.run("csv")}>{t("chart.csv")}</MenuItem>
        <MenuItem onChoose={() => void order.run("json")}>{t("metrics.asJson")}</MenuItem>
      </Menu>
      {order.problem && <span role="alert">{order.problem.detail || t("edge.failed")}</span>}
    </>
  );
}
