import { useState } from "react";

import styles from "./JsonTree.module.css";

const SHOWN = 100;
const OPEN_DEPTH = 2;

/** A value of JSON as a tree that folds. */
export function JsonTree({ value }: { value: unknown }) {
  return (
    <div className={styles.tree}>
      <Node name={null} value={value} depth={0} />
    </div>
  );
}

function Node({ name, value, depth }: { name: string | null; value: unknown; depth: number }) {
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH);
  const [shown, setShown] = useState(SHOWN);
  const label = name === null ? null : <span className={styles.name}>{name}: </span>;
  if (typeof value !== "object" || value === null) {
    return (
      <div>
        {label}
        <span className={styles[typeof value === "string" ? "text" : "plain"]}>{JSON.stringify(value)}</span>
      </div>
    );
  }
  const entries: [string, unknown][] = Array.isArray(value) ? value.map((one, at) => [String(at), one]) : Object.entries(value);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return (
    <div>
      <button type="button" className={styles.fold} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span aria-hidden>{isOpen ? "▾" : "▸"}</span> {label}
        {isOpen ? open : `${open} ${entries.length} ${close}`}
      </button>
      {isOpen && (
        <>
          <div className={styles.inner}>
            {entries.slice(0, shown).map(([key, one]) => (
              <Node key={key} name={key} value={one} depth={depth + 1} />
            ))}
            {entries.length > shown && (
              <button type="button" className={styles.fold} onClick={() => setShown(shown * 10)}>
                {entries.length - shown} more
              </button>
            )}
          </div>
          <div>{close}</div>
        </>
      )}
    </div>
  );
}
