import { Group as GroupIcon } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/Button";
import { Popover } from "@/components/Popover";
import { type Field, fieldOf, titleOf } from "@/lib/fields";

import styles from "./ColumnsMenu.module.css";

interface Props {
  fields: readonly Field[];
  by: readonly string[];
  onGroup: (by: string[] | undefined) => void;
}

/** Chooses the params and tags by which runs are folded into one row. */
export function GroupMenu({ fields, by, onGroup }: Props) {
  const [typed, setTyped] = useState("");
  const possible = fields.filter((field) => field.entity === "params" || field.entity === "tags" || field.id === "user_id");
  const listed = [...by.map(fieldOf), ...possible.filter(({ id }) => !by.includes(id))];
  return (
    <Popover
      label="Group by"
      align="end"
      trigger={(props) => (
        <Button {...props} icon={<GroupIcon />} aria-pressed={by.length > 0}>
          {by.length === 0 ? "Group" : `By ${by.map((id) => titleOf(fieldOf(id))).join(", ")}`}
        </Button>
      )}
    >
      {() => (
        <div className={styles.menu}>
          <input
            type="search"
            className={styles.search}
            placeholder="Find a param or tag"
            aria-label="Find a param or tag"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
          <ul>
            {listed
              .filter((field) => titleOf(field).toLowerCase().includes(typed.toLowerCase()))
              .slice(0, 200)
              .map((field) => (
                <li key={field.id} className={styles.row}>
                  <label>
                    <input
                      type="checkbox"
                      checked={by.includes(field.id)}
                      onChange={(event) => {
                        const next = event.target.checked ? [...by, field.id] : by.filter((id) => id !== field.id);
                        onGroup(next.length === 0 ? undefined : next);
                      }}
                    />
                    <span className={styles.name}>{titleOf(field)}</span>
                  </label>
                </li>
              ))}
          </ul>
          {listed.length === 0 && <p className={styles.more}>These runs have no params and no tags.</p>}
        </div>
      )}
    </Popover>
  );
}
