import type { ButtonHTMLAttributes, ReactNode } from "react";

import styles from "./Button.module.css";

type Kind = "plain" | "primary" | "quiet" | "danger";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: Kind;
  icon?: ReactNode;
}

/** A button; with an icon and no text it needs an `aria-label`, which is shown on hover, too. */
export function Button({ kind = "plain", icon, children, className = "", ...rest }: Props) {
  const shape = children === undefined ? styles.square : "";
  return (
    <button type="button" title={rest["aria-label"]} {...rest} className={`${styles.button} ${styles[kind]} ${shape} ${className}`}>
      {icon}
      {children}
    </button>
  );
}
