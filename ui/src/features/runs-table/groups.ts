/** Runs that agree in some params or tags, folded into one row. */
import type { RunRow } from "@/lib/useRunRows";

import { type Field, fieldOf, textOf, valueOf } from "@/lib/fields";
import { formatInterval } from "@/lib/format";
import { intervalOf } from "@/lib/statistics";

export interface Group {
  kind: "group";
  id: string;
  /** `lr 0.1 · optimizer adam` */
  label: string;
  runs: readonly RunRow[];
}

export interface Single {
  kind: "run";
  run: RunRow;
  isIn: string | null;
}

export type TableRow = Group | Single;

/** Return groups, the unfolded ones with their runs below them; in the order of their first runs. */
export function grouped(runs: readonly RunRow[], by: readonly string[], unfolded: ReadonlySet<string>): TableRow[] {
  const fields = by.map(fieldOf);
  const groups = new Map<string, RunRow[]>();
  for (const run of runs) {
    const id = groupIdOf(run, fields);
    const members = groups.get(id);
    if (members === undefined) groups.set(id, [run]);
    else members.push(run);
  }
  return [...groups].flatMap(([id, members]): TableRow[] => {
    const label = fields.map((field) => `${field.key} ${textOf(members[0] ?? null, field) || "–"}`).join(" · ");
    const head: Group = { kind: "group", id, label, runs: members };
    return unfolded.has(id) ? [head, ...members.map((run): Single => ({ kind: "run", run, isIn: id }))] : [head];
  });
}

export function groupIdOf(run: RunRow, fields: readonly Field[]): string {
  return JSON.stringify(fields.map((field) => valueOf(run, field) ?? null));
}

/** Return what a group shows of a field: mean and interval of numbers, the text that all share, or how many there are. */
export function summaryOf(runs: readonly RunRow[], field: Field): { text: string; title: string } {
  const values = runs.map((run) => valueOf(run, field)).filter((value) => value !== undefined);
  const numbers = values.filter((value) => typeof value === "number");
  if (values.length > 0 && numbers.length === values.length && new Set(numbers).size > 1) {
    const { mean, half, count } = intervalOf(numbers);
    return {
      text: formatInterval(mean, half),
      title: `mean of ${count} runs, with the 95 % interval of Student's t`,
    };
  }
  const texts = new Set(runs.map((run) => textOf(run, field)));
  const [only] = texts;
  return texts.size === 1 ? { text: only ?? "", title: only ?? "" } : { text: `${texts.size} values`, title: [...texts].slice(0, 20).join("\n") };
}
