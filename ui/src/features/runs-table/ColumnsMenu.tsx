import { ChevronDown, ChevronUp, Columns3, Pin, PinOff } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/Button";
import { Popover } from "@/components/Popover";
import { type Field, STATISTICS, fieldOf, titleOf } from "@/lib/fields";
import type { Workspace } from "@/lib/workspace";

import styles from "./ColumnsMenu.module.css";

interface Props {
  /** All there may be. */
  fields: readonly Field[];
  /** Those that are shown, in order. */
  shown: readonly string[];
  workspace: Workspace;
  onChange: (change: Partial<Workspace>) => void;
}

const LISTED = 200;

/** Chooses columns among however many there are, pins and orders them. */
export function ColumnsMenu({ fields, shown, workspace, onChange }: Props) {
  return (
    <Popover
      label="Columns"
      align="end"
      trigger={(props) => (
        <Button {...props} icon={<Columns3 />}>
          Columns
        </Button>
      )}
    >
      {() => <Choice fields={fields} shown={shown} workspace={workspace} onChange={onChange} />}
    </Popover>
  );
}

function Choice({ fields, shown, workspace, onChange }: Props) {
  const [typed, setTyped] = useState("");
  const pinned = new Set(workspace.pinned);
  const fits = (field: Field) => `${field.entity} ${titleOf(field)}`.toLowerCase().includes(typed.toLowerCase());
  const others = fields.filter((field) => !shown.includes(field.id) && fits(field));
  const swap = (at: number, by: number) => {
    const ids = [...shown];
    const [moved] = ids.splice(at, 1);
    if (moved !== undefined) ids.splice(at + by, 0, moved);
    onChange({ columns: ids });
  };
  return (
    <div className={styles.menu}>
      <input
        type="search"
        className={styles.search}
        placeholder="Find a param, metric or tag"
        aria-label="Find a column"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <h3 className={styles.title}>Shown</h3>
      <ul>
        {shown.map((id, at) => {
          const field = fieldOf(id);
          if (!fits(field)) return null;
          return (
            <li key={id} className={styles.row}>
              <label>
                <input type="checkbox" checked onChange={() => onChange({ columns: shown.filter((one) => one !== id) })} />
                <Name field={field} />
              </label>
              {field.entity === "metrics" && (
                <select
                  aria-label={`Statistic of ${field.key}`}
                  value={field.statistic ?? "last"}
                  onChange={(event) => {
                    const next = `metrics.${field.key}${event.target.value === "last" ? "" : `|${event.target.value}`}`;
                    onChange({ columns: shown.map((one) => (one === id ? next : one)) });
                  }}
                >
                  {STATISTICS.map((one) => (
                    <option key={one}>{one}</option>
                  ))}
                </select>
              )}
              <Button kind="quiet" icon={<ChevronUp />} aria-label={`Move ${titleOf(field)} up`} disabled={at === 0} onClick={() => swap(at, -1)} />
              <Button
                kind="quiet"
                icon={<ChevronDown />}
                aria-label={`Move ${titleOf(field)} down`}
                disabled={at === shown.length - 1}
                onClick={() => swap(at, 1)}
              />
              <Button
                kind="quiet"
                icon={pinned.has(id) ? <PinOff /> : <Pin />}
                aria-label={`${pinned.has(id) ? "Unpin" : "Pin"} ${titleOf(field)}`}
                onClick={() => onChange({ pinned: pinned.has(id) ? [...pinned].filter((one) => one !== id) : [...pinned, id] })}
              />
            </li>
          );
        })}
      </ul>
      <h3 className={styles.title}>Not shown</h3>
      <ul>
        {others.slice(0, LISTED).map((field) => (
          <li key={field.id} className={styles.row}>
            <label>
              <input type="checkbox" checked={false} onChange={() => onChange({ columns: [...shown, field.id] })} />
              <Name field={field} />
            </label>
          </li>
        ))}
      </ul>
      {others.length > LISTED && <p className={styles.more}>{others.length - LISTED} more: type a part of a name.</p>}
      <footer className={styles.foot}>
        <Button onClick={() => onChange({ columns: undefined, pinned: undefined, widths: undefined })}>Choose by itself</Button>
        <Button onClick={() => onChange({ columns: [] })}>None</Button>
      </footer>
    </div>
  );
}

function Name({ field }: { field: Field }) {
  return (
    <span className={styles.name} title={titleOf(field)}>
      {titleOf(field)}
      {field.entity !== "attribute" && <small>{field.entity.slice(0, -1)}</small>}
    </span>
  );
}
