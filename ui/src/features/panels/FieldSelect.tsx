import { ATTRIBUTES, fieldOf, titleOf } from "@/lib/fields";

import type { Choices } from "./choices";
import { short } from "./names";

interface Props {
  label: string;
  value: string;
  onChange: (id: string) => void;
  choices: Choices;
  /** What is there to choose. */
  kinds: readonly ("params" | "metrics" | "tags" | "attributes")[];
  /** What the empty choice says; without it there is none. */
  none?: string;
}

const NAMES = { params: "Params", metrics: "Metrics", tags: "Tags", attributes: "Of the run" } as const;

/** A param, metric, tag or attribute to choose. */
export function FieldSelect({ label, value, onChange, choices, kinds, none }: Props) {
  const offered = kinds.map((kind) => ({
    kind,
    ids: kind === "attributes" ? Object.keys(ATTRIBUTES) : choices[kind].map((key) => `${kind}.${key}`),
  }));
  const isKnown = value === "" || offered.some(({ ids }) => ids.includes(value));
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        {(none !== undefined || value === "") && <option value="">{none ?? "Choose…"}</option>}
        {!isKnown && <option value={value}>{short(titleOf(fieldOf(value)), 60)}</option>}
        {offered.map(({ kind, ids }) =>
          ids.length === 0 ? null : (
            <optgroup key={kind} label={NAMES[kind]}>
              {ids.map((id) => (
                <option key={id} value={id}>
                  {short(titleOf(fieldOf(id)), 60)}
                </option>
              ))}
            </optgroup>
          ),
        )}
      </select>
    </label>
  );
}
