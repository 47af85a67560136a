import { type KeyboardEvent, type PointerEvent, useRef } from "react";

import styles from "./Divider.module.css";

interface Props {
  label: string;
  /** The share of the left part. */
  share: number;
  onShare: (share: number) => void;
}

const LEAST = 0.15;
const STEP = 0.05;

/** What stands between two parts side by side, and is moved by the mouse or the arrow keys. */
export function Divider({ label, share, onShare }: Props) {
  const parent = useRef<DOMRect | null>(null);
  const set = (next: number) => onShare(Math.round(Math.max(LEAST, Math.min(1 - LEAST, next)) * 1000) / 1000);
  const press = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    set(share + step);
  };
  const drag = (event: PointerEvent) => {
    if (parent.current !== null) set((event.clientX - parent.current.left) / parent.current.width);
  };
  return (
    <div
      role="separator"
      aria-label={label}
      aria-orientation="vertical"
      aria-valuenow={Math.round(share * 100)}
      aria-valuemin={LEAST * 100}
      aria-valuemax={(1 - LEAST) * 100}
      tabIndex={0}
      className={styles.divider}
      onKeyDown={press}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        parent.current = event.currentTarget.parentElement?.getBoundingClientRect() ?? null;
      }}
      onPointerMove={drag}
      onPointerUp={() => {
        parent.current = null;
      }}
    />
  );
}
