import { ArrowDown, ArrowUp, X } from "lucide-react";

import { Button } from "@/components/Button";
import type { ParallelPanel } from "@/lib/extraPanels";
import { fieldOf, titleOf } from "@/lib/fields";

import type { Choices } from "./choices";
import { FieldSelect } from "./FieldSelect";
import { short } from "./names";
import styles from "./PanelEditor.module.css";

interface Props {
  panel: ParallelPanel;
  choices: Choices;
  onChange: (panel: ParallelPanel) => void;
}

/** The axes of parallel coordinates, in their order. */
export function AxesList({ panel, choices, onChange }: Props) {
  const { axes, log = [] } = panel;
  const change = (next: string[]) => onChange({ ...panel, axes: next });
  const left = {
    params: choices.params.filter((key) => !axes.includes(`params.${key}`)),
    metrics: choices.metrics.filter((key) => !axes.includes(`metrics.${key}`)),
    tags: choices.tags.filter((key) => !axes.includes(`tags.${key}`)),
  };
  return (
    <>
      <ul className={styles.axes} aria-label="Axes">
        {axes.map((axis, at) => {
          const name = short(titleOf(fieldOf(axis)), 60);
          return (
            <li key={axis}>
              <span title={titleOf(fieldOf(axis)).slice(0, 500)}>{name}</span>
              <label className={styles.check}>
                <input
                  type="checkbox"
                  aria-label={`Logarithmic ${name}`}
                  checked={log.includes(axis)}
                  onChange={(event) => onChange({ ...panel, log: event.target.checked ? [...log, axis] : log.filter((one) => one !== axis) })}
                />
                log
              </label>
              <Button kind="quiet" icon={<ArrowUp />} aria-label={`Move ${name} up`} disabled={at === 0} onClick={() => change(swapped(axes, at, at - 1))} />
              <Button kind="quiet" icon={<ArrowDown />} aria-label={`Move ${name} down`} disabled={at === axes.length - 1} onClick={() => change(swapped(axes, at, at + 1))} />
              <Button kind="quiet" icon={<X />} aria-label={`Remove ${name}`} onClick={() => change(axes.filter((one) => one !== axis))} />
            </li>
          );
        })}
      </ul>
      <FieldSelect label="Add an axis" value="" none="Choose…" onChange={(id) => change([...axes, id])} choices={left} kinds={["params", "metrics", "tags", "attributes"]} />
    </>
  );
}

function swapped(axes: readonly string[], at: number, other: number): string[] {
  const next = [...axes];
  const [one, two] = [next[at], next[other]];
  if (one !== undefined && two !== undefined) [next[at], next[other]] = [two, one];
  return next;
}
