/** What stands where there is nothing to show yet, nothing at all, or nothing that could be read. */
import { type ReactNode } from "react";

import { ApiError } from "@/api/client";

import { Button } from "./Button";
import { CopyButton } from "./CopyButton";
import styles from "./States.module.css";

interface EmptyProps {
  title: string;
  children?: ReactNode;
  /** What to type next. */
  command?: string;
}

/** Nothing is there; says what to do about it. */
export function EmptyState({ title, children, command }: EmptyProps) {
  return (
    <div className={styles.state}>
      <h2>{title}</h2>
      {children !== undefined && <div className={styles.text}>{children}</div>}
      {command !== undefined && <Command text={command} />}
    </div>
  );
}

/** A command or program to copy. */
export function Command({ text }: { text: string }) {
  return (
    <div className={styles.command}>
      <pre tabIndex={0}>{text}</pre>
      <CopyButton text={text} label="Copy the command" />
    </div>
  );
}

/** Something could not be read; says what, and tries again. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <div className={styles.state} role="alert">
      <h2>{titleOf(error)}</h2>
      <p className={styles.text}>{error instanceof Error ? error.message : String(error)}</p>
      {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

function titleOf(error: unknown): string {
  if (!(error instanceof ApiError)) return "This page failed";
  if (error.status === 0) return "No answer from the server";
  if (error.status === 403) return "You may not see this";
  if (error.status === 404) return "There is no such thing";
  return "That did not work";
}

/** Grey bars of the size of what is to come, so that nothing jumps when it does. */
export function Skeleton({ lines = 3, height = 16 }: { lines?: number; height?: number }) {
  return (
    <div aria-busy="true" aria-label="Loading" role="status" className={styles.skeleton}>
      {Array.from({ length: lines }, (_, at) => (
        <div key={at} className={styles.bar} style={{ height, width: `${90 - ((at * 17) % 40)}%` }} />
      ))}
    </div>
  );
}
