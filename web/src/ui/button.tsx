import type { ButtonHTMLAttributes } from "react";
import styles from "./button.module.css";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: "plain" | "main" | "danger" | "quiet";
}

export function Button({ look = "plain", type = "button", className = "", ...rest }: ButtonProps) {
  return <button type={type} className={`${styles.button} ${styles[look]} ${className}`} {...rest} />;
}
