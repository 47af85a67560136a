import type { ReactNode } from "react";

import { short } from "./names";
import styles from "./PanelNote.module.css";

/** A line under a panel: how many runs it is about, and what was left out. */
export function PanelNote({ children }: { children: ReactNode }) {
  return <p className={styles.note}>{children}</p>;
}

const MOST_KINDS = 12;

/** What the colours of a picture stand for. */
export function ColourLegend({ kinds }: { kinds: readonly { name: string; colour: string }[] }) {
  return (
    <>
      {kinds.slice(0, MOST_KINDS).map(({ name, colour }) => (
        <span key={name} className={styles.kind}>
          <span className={styles.swatch} style={{ background: colour }} />
          {short(name, 20)}
        </span>
      ))}
      {kinds.length > MOST_KINDS && ` and ${kinds.length - MOST_KINDS} more`}
    </>
  );
}

/** Where a panel has nothing to show: why, and what to do about it. */
export function PanelEmpty({ title, height, children }: { title: string; height: number; children?: ReactNode }) {
  return (
    <div className={styles.empty} style={{ minHeight: Math.min(height, 200) }}>
      <b>{title}</b>
      {children !== undefined && <div className={styles.text}>{children}</div>}
    </div>
  );
}

/** How many pixels a note takes. */
export const NOTE_PX = 22;
