import { Search } from "lucide-react";
import { useState } from "react";

import { ApiError } from "@/api/client";

import styles from "./FilterBox.module.css";

interface Props {
  filter: string;
  onFilter: (filter: string) => void;
  /** Why the server did not take it. */
  error: Error | null;
}

/** Where the filter language is typed; what is wrong with it is marked where it is. */
export function FilterBox({ filter, onFilter, error }: Props) {
  const [typed, setTyped] = useState(filter);
  const [known, setKnown] = useState(filter);
  if (known !== filter) {
    // Somebody went back, or chose a view.
    setKnown(filter);
    setTyped(filter);
  }
  const position = error instanceof ApiError ? error.position : null;
  return (
    <form
      role="search"
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        onFilter(typed.trim());
      }}
    >
      <Search size={14} aria-hidden />
      <input
        className={styles.input}
        aria-label="Filter runs"
        aria-invalid={error !== null}
        aria-describedby={error === null ? undefined : "filter-error"}
        placeholder="metrics.loss < 0.5 AND params.lr = 0.1"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => onFilter(typed.trim())}
      />
      {error !== null && (
        <div id="filter-error" role="alert" className={styles.error}>
          {position !== null && <code>{`${filter.slice(0, position)}▸${filter.slice(position)}`}</code>}
          <span>{error.message}</span>
        </div>
      )}
    </form>
  );
}
