import { ListPlus, Search } from "lucide-react";
import { type KeyboardEvent, useId, useRef, useState } from "react";

import { ApiError } from "@/api/client";
import { Button } from "@/components/Button";
import { Popover } from "@/components/Popover";
import { type Field, type Recorded, fieldOf, valueOf } from "@/lib/fields";
import { placeAt, suggestionsAt, taken, typedField } from "@/lib/filterText";

import { ConditionForm } from "./ConditionForm";
import styles from "./FilterBox.module.css";

interface Props {
  filter: string;
  onFilter: (filter: string) => void;
  /** Why the server did not take it. */
  error: Error | null;
  /** What may be asked for. */
  fields: readonly Field[];
  /** Runs whose values are suggested. */
  sample: readonly Recorded[];
}

/** Where the filter language is typed, completed and built; what is wrong with it is marked where it is. */
export function FilterBox({ filter, onFilter, error, fields, sample }: Props) {
  const [typed, setTyped] = useState(filter);
  const [known, setKnown] = useState(filter);
  const [cursor, setCursor] = useState<number | null>(null);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  if (known !== filter) {
    // Somebody went back, or chose a view.
    setKnown(filter);
    setTyped(filter);
  }
  const place = cursor === null ? null : placeAt(typed, cursor);
  const suggestions = place === null ? [] : suggestionsAt(place, fields, (field) => valuesOf(sample, fields, field));
  const send = (text: string) => {
    setCursor(null);
    onFilter(text.trim());
  };
  const take = (text: string) => {
    if (place === null) return;
    const next = taken(typed, place, text);
    setTyped(next.text);
    setCursor(next.cursor);
    setActive(-1);
    requestAnimationFrame(() => input.current?.setSelectionRange(next.cursor, next.cursor));
  };
  const press = (event: KeyboardEvent) => {
    const chosen = suggestions[active];
    if (suggestions.length > 0 && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive((active + step + suggestions.length) % suggestions.length);
    } else if (event.key === "Escape" && cursor !== null) {
      setCursor(null);
    } else if (chosen !== undefined && (event.key === "Enter" || event.key === "Tab")) {
      take(chosen.text);
    } else {
      return;
    }
    event.preventDefault();
  };
  const position = error instanceof ApiError ? error.position : null;
  return (
    <form
      role="search"
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        send(typed);
      }}
    >
      <Search size={14} aria-hidden />
      <input
        ref={input}
        className={styles.input}
        role="combobox"
        aria-label="Filter runs"
        aria-keyshortcuts="/"
        aria-expanded={suggestions.length > 0}
        aria-controls={suggestions.length > 0 ? listId : undefined}
        aria-autocomplete="list"
        aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
        aria-invalid={error !== null}
        aria-describedby={error === null ? undefined : "filter-error"}
        placeholder="metrics.loss < 0.5 AND params.lr = 0.1"
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setCursor(event.target.selectionStart);
          setActive(-1);
        }}
        onSelect={(event) => {
          if (cursor !== null) setCursor(event.currentTarget.selectionStart);
        }}
        onKeyDown={press}
        onBlur={() => send(typed)}
      />
      <Popover
        label="Add a condition"
        align="end"
        trigger={(props) => <Button {...props} kind="quiet" icon={<ListPlus />} aria-label="Add a condition" />}
      >
        {(close) => (
          <ConditionForm
            fields={fields}
            valuesOf={(field) => valuesOf(sample, fields, typedField(field))}
            filter={typed}
            onFilter={(next) => {
              close();
              setTyped(next);
              send(next);
            }}
          />
        )}
      </Popover>
      {suggestions.length > 0 && (
        <ul id={listId} role="listbox" aria-label="Suggestions" className={styles.suggestions}>
          {suggestions.map((one, at) => (
            <li
              key={one.text}
              id={`${listId}-${at}`}
              role="option"
              aria-selected={at === active}
              // Before the box loses the focus, which sends what is typed.
              onPointerDown={(event) => {
                event.preventDefault();
                take(one.text);
              }}
            >
              <code>{one.text.slice(0, 120)}</code>
              <small>{one.about}</small>
            </li>
          ))}
        </ul>
      )}
      {error !== null && suggestions.length === 0 && (
        <div id="filter-error" role="alert" className={styles.error}>
          {position !== null && (
            <code>
              {filter.slice(0, position)}
              <mark>{filter.slice(position, position + 1) || "…"}</mark>
              {filter.slice(position + 1)}
            </code>
          )}
          <span>{error.message}</span>
        </div>
      )}
    </form>
  );
}

const MOST_VALUES = 50;

/** Return the values that runs have of a field as it was typed. */
function valuesOf(sample: readonly Recorded[], fields: readonly Field[], typed: string): unknown[] {
  const field = fields.find((one) => typedField(one) === typed) ?? fieldOf(typed);
  const found = new Set<string | number>();
  for (const run of sample) {
    const value = valueOf(run, field);
    if (typeof value === "string" || (typeof value === "number" && field.entity === "params")) found.add(value);
    if (found.size >= MOST_VALUES) break;
  }
  return [...found];
}
