import { Activity } from "lucide-react";
import styles from "./brand.module.css";

export function Brand() {
  return (
    <div className={styles.brand}>
      <Activity size={20} aria-hidden="true" /> <span>Monitorix</span>
    </div>
  );
}
