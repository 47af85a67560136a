import { useState } from "react";

import { Button } from "@/components/Button";
import { type Field, titleOf } from "@/lib/fields";
import { OPERATORS, STATUSES, withCondition } from "@/lib/filterText";

import styles from "./FilterBox.module.css";

interface Props {
  fields: readonly Field[];
  valuesOf: (field: Field) => readonly unknown[];
  filter: string;
  onFilter: (filter: string) => void;
}

const KINDS = [
  ["attribute", "Of every run"],
  ["metrics", "Metrics"],
  ["params", "Params"],
  ["tags", "Tags"],
] as const;
const MOST = 500;

/** Builds a condition by choosing its parts, and adds it to a filter. */
export function ConditionForm({ fields, valuesOf, filter, onFilter }: Props) {
  const [id, setId] = useState("status");
  const [operator, setOperator] = useState<string>("=");
  const [value, setValue] = useState("");
  const field = fields.find((one) => one.id === id) ?? fields[0];
  if (field === undefined) return null;
  const values = field.id === "status" ? STATUSES : valuesOf(field);
  return (
    <div className={styles.condition}>
      <label>
        Of
        <select value={id} onChange={(event) => setId(event.target.value)}>
          {KINDS.map(([entity, title]) => (
            <optgroup key={entity} label={title}>
              {fields
                .filter((one) => one.entity === entity)
                .slice(0, MOST)
                .map((one) => (
                  <option key={one.id} value={one.id}>
                    {titleOf(one).slice(0, 80)}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      </label>
      <label>
        Is
        <select value={operator} onChange={(event) => setOperator(event.target.value)}>
          {OPERATORS.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
      {!operator.endsWith("NULL") && (
        <label>
          {operator.endsWith("IN") ? "One of ('a', 'b')" : operator === "BETWEEN" ? "From 1 AND 2" : "Value"}
          <input list="condition-values" value={value} onChange={(event) => setValue(event.target.value)} />
          <datalist id="condition-values">
            {values.map((one) => (
              <option key={String(one)} value={String(one)} />
            ))}
          </datalist>
        </label>
      )}
      <Button kind="primary" onClick={() => onFilter(withCondition(filter, field, operator, value))}>
        Add
      </Button>
    </div>
  );
}
