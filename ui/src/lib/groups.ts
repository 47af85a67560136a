/** Runs that agree in some params or tags. */
import { type Field, type Recorded, fieldOf, textOf, valueOf } from "./fields";

export interface RunGroup<Row> {
  id: string;
  /** `lr 0.1 · optimizer adam` */
  label: string;
  runs: readonly Row[];
}

/** Return the groups of some runs, in the order of their first ones. */
export function groupsOf<Row extends Recorded>(runs: readonly Row[], by: readonly string[]): RunGroup<Row>[] {
  const fields = by.map(fieldOf);
  const groups = new Map<string, Row[]>();
  for (const run of runs) {
    const id = groupIdOf(run, fields);
    const members = groups.get(id);
    if (members === undefined) groups.set(id, [run]);
    else members.push(run);
  }
  return [...groups].map(([id, members]) => ({ id, label: labelOf(members[0] ?? null, fields), runs: members }));
}

function groupIdOf(run: Recorded, fields: readonly Field[]): string {
  return JSON.stringify(fields.map((field) => valueOf(run, field) ?? null));
}

function labelOf(run: Recorded | null, fields: readonly Field[]): string {
  return fields.map((field) => `${field.key} ${textOf(run, field) || "–"}`).join(" · ");
}
