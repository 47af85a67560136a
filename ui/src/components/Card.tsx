import type { ReactNode } from "react";

import styles from "./Card.module.css";

interface Props {
  title: string;
  count?: number;
  actions?: ReactNode;
  children: ReactNode;
}

/** A part of a page, under its name. */
export function Card({ title, count, actions, children }: Props) {
  return (
    <section className={styles.card} aria-label={title}>
      <header className={styles.head}>
        <h2>{title}</h2>
        {count !== undefined && <span className={styles.count}>{count}</span>}
        <span className={styles.actions}>{actions}</span>
      </header>
      {children}
    </section>
  );
}
