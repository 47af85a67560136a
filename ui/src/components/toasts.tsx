/** Short messages at the edge of the page: what was done, and a way to take it back. */
import { X } from "lucide-react";
import { useSyncExternalStore } from "react";

import { Button } from "./Button";
import styles from "./toasts.module.css";

interface Toast {
  id: number;
  text: string;
  isError: boolean;
  action?: { label: string; onSelect: () => void };
}

const SHOWN_MS = 8000;

let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Show a message, perhaps with something that may be done about it. */
export function toast(text: string, action?: { label: string; onSelect: () => void }): void {
  show({ text, isError: false, ...(action === undefined ? {} : { action }) });
}

/** Show that something failed. */
export function toastError(error: unknown): void {
  show({ text: error instanceof Error ? error.message : String(error), isError: true });
}

function show(given: Omit<Toast, "id">): void {
  const id = ++lastId;
  change([...toasts.slice(-3), { id, ...given }]);
  setTimeout(() => drop(id), SHOWN_MS);
}

function drop(id: number): void {
  change(toasts.filter((one) => one.id !== id));
}

export function Toaster() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className={styles.stack} role="status" aria-live="polite">
      {shown.map((one) => (
        <div key={one.id} className={`${styles.toast} ${one.isError ? styles.error : ""}`}>
          <span className={styles.text}>{one.text}</span>
          {one.action !== undefined && (
            <Button
              onClick={() => {
                drop(one.id);
                one.action?.onSelect();
              }}
            >
              {one.action.label}
            </Button>
          )}
          <Button kind="quiet" icon={<X />} aria-label="Dismiss" onClick={() => drop(one.id)} />
        </div>
      ))}
    </div>
  );
}
