import type { ReactNode } from "react";

import type { RunStatus } from "@/api/types";

import styles from "./Badge.module.css";

type Tone = "neutral" | "good" | "bad" | "warn" | "info" | "accent";

/** A word in a frame. */
export function Badge({ tone = "neutral", children, title }: { tone?: Tone; children: ReactNode; title?: string }) {
  return (
    <span className={`${styles.badge} ${styles[tone]}`} title={title}>
      {children}
    </span>
  );
}

const TONES: Record<RunStatus, Tone> = {
  RUNNING: "info",
  SCHEDULED: "neutral",
  FINISHED: "good",
  FAILED: "bad",
  KILLED: "warn",
};

/** The state of a run: a colour and a word. */
export function StatusBadge({ status, reason }: { status: RunStatus; reason?: string | null }) {
  return (
    <Badge tone={TONES[status]} title={reason ?? status.toLowerCase()}>
      <span className={styles.dot} data-live={status === "RUNNING"} />
      {status.toLowerCase()}
    </Badge>
  );
}
