// A button that gives an order: busy while it runs, and the reason in words when it was refused.
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Order } from "../fleet/ask";
import styles from "./order-button.module.css";

interface ButtonProps {
  children: ReactNode;
  onClick?: () => void;
  isBusy?: boolean;
  isDisabled?: boolean;
  kind?: "plain" | "primary" | "danger";
  type?: "button" | "submit";
}

export function PlainButton({ children, onClick, isBusy = false, isDisabled = false, kind = "plain", type = "button" }: ButtonProps) {
  const look = kind === "primary" ? styles.primary : kind === "danger" ? styles.danger : "";
  return (
    <button type={type} className={`${styles.button} ${look}`} onClick={onClick} disabled={isDisabled || isBusy} aria-busy={isBusy}>
      {children}
    </button>
  );
}

export function OrderButton({ order, children, kind }: { order: Order<void>; children: ReactNode; kind?: ButtonProps["kind"] }) {
  return (
    <>
      <PlainButton isBusy={order.isBusy} onClick={() => void order.run()} kind={kind ?? "plain"}>
        {children}
      </PlainButton>
      {order.problem && (
        <span role="alert" className={styles.problem}>
          {order.problem.detail}
        </span>
      )}
    </>
  );
}

export const LinkButton = ({ to, children }: { to: string; children: ReactNode }) => (
  <Link to={to} className={`${styles.button} ${styles.primary}`}>
    {children}
  </Link>
);
