/** Runs that agree in some params or tags, folded into one row. */
import { type Field, textOf, valueOf } from "@/lib/fields";
import { formatInterval } from "@/lib/format";
import { type RunGroup, groupsOf } from "@/lib/groups";
import { intervalOf } from "@/lib/statistics";
import type { RunRow } from "@/lib/useRunRows";

export interface Group extends RunGroup<RunRow> {
  kind: "group";
}

export interface Single {
  kind: "run";
  run: RunRow;
  isIn: string | null;
}

export type TableRow = Group | Single;

/** Return groups, the unfolded ones with their runs below them; in the order of their first runs. */
export function grouped(runs: readonly RunRow[], by: readonly string[], unfolded: ReadonlySet<string>): TableRow[] {
  return groupsOf(runs, by).flatMap((group): TableRow[] => {
    const head: Group = { kind: "group", ...group };
    return unfolded.has(group.id) ? [head, ...group.runs.map((run): Single => ({ kind: "run", run, isIn: group.id }))] : [head];
  });
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
