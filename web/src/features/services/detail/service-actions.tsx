// What may be ordered of a service: check now, pause, maintenance, edit, delete.
import { Link, useNavigate } from "react-router";
import { client } from "../../../api/client";
import { useOrder } from "../../../fleet/ask";
import type { Service } from "../../../fleet/nouns";
import { useServiceWords } from "../../../fleet/services/words";
import { useMay } from "../../../fleet/world";
import { OrderButton } from "../../../parts/order-button";
import button from "../../../parts/order-button.module.css";
import { RemoveDialog } from "../../../parts/remove-dialog";

function Remove({ service }: { service: Service }) {
  const t = useServiceWords();
  const navigate = useNavigate();
  const remove = useOrder(
    () => client.DELETE("/api/services/{id}", { params: { path: { id: service.id } } }),
    () => void navigate("/services"),
  );
  return (
    <RemoveDialog
      word={t("act.remove")}
      title={t("act.removeTitle", { name: service.name })}
      help={t("act.removeHelp")}
      confirm={
        <OrderButton order={remove} kind="danger">
          {t("act.remove")}
        </OrderButton>
      }
    />
  );
}

export function ServiceActions({ service }: { service: Service }) {
  const t = useServiceWords();
  const path = { id: service.id };
  const mayOperate = useMay("operator");
  const mayEdit = useMay("editor");
  const check = useOrder(() => client.POST("/api/services/{id}/check", { params: { path } }));
  const query = { maintenance_mode: !service.maintenance_mode };
  const maintain = useOrder(() => client.POST("/api/services/{id}/maintenance-mode", { params: { path, query } }));
  const pause = useOrder(() => client.POST("/api/services/{id}/toggle-active", { params: { path } }));
  const canRun = service.is_active && service.type !== "push";
  return (
    <>
      {mayOperate && canRun && <OrderButton order={check}>{t("act.check")}</OrderButton>}
      {mayOperate && <OrderButton order={maintain}>{t(service.maintenance_mode ? "act.maintenanceOff" : "act.maintenanceOn")}</OrderButton>}
      {mayEdit && <OrderButton order={pause}>{t(service.is_active ? "act.pause" : "act.resume")}</OrderButton>}
      {mayEdit && (
        <Link className={button.button} to={`/services/${service.id}/edit`}>
          {t("act.edit")}
        </Link>
      )}
      {mayEdit && <Remove service={service} />}
    </>
  );
}
