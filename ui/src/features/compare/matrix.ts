/** Runs side by side: a line for each key that any of them has. */
import type { Run } from "@/api/types";
import { type Entity, type Field, fieldOf, isInnerTag, textOf, valueOf } from "@/lib/fields";

export interface Line {
  field: Field;
  values: readonly string[];
  /** Whether all runs have the same. */
  isSame: boolean;
  /** For numbers: where the least and the greatest stand. */
  least: number | null;
  greatest: number | null;
}

/** Return the lines of one kind, by their keys. */
export function linesOf(runs: readonly Run[], entity: Entity): Line[] {
  const keys = new Set(runs.flatMap((run) => Object.keys(run[entity])));
  return [...keys]
    .filter((key) => entity !== "tags" || !isInnerTag(key))
    .sort((one, other) => one.localeCompare(other, "en", { numeric: true }))
    .map((key) => lineOf(runs, fieldOf(`${entity}.${key}`)));
}

function lineOf(runs: readonly Run[], field: Field): Line {
  const values = runs.map((run) => textOf(run, field));
  const numbers = runs.map((run) => valueOf(run, field)).map((value) => (typeof value === "number" && Number.isFinite(value) ? value : null));
  const known = numbers.filter((value) => value !== null);
  const isSame = new Set(values).size === 1;
  const at = (wanted: number) => numbers.indexOf(wanted);
  const isOrdered = !isSame && known.length >= 2;
  return {
    field,
    values,
    isSame,
    least: isOrdered ? at(Math.min(...known)) : null,
    greatest: isOrdered ? at(Math.max(...known)) : null,
  };
}

/** Where a run comes from, as lines like those of params. */
export function originLines(runs: readonly Run[]): Line[] {
  const tags: readonly (readonly [string, string])[] = [
    ["runstone.command", "Command"],
    ["mlflow.source.name", "Source"],
    ["mlflow.source.git.commit", "Commit"],
    ["mlflow.source.git.branch", "Branch"],
    ["runstone.git.dirty", "Uncommitted changes"],
    ["runstone.host", "Host"],
    ["runstone.python", "Python"],
    ["runstone.folder", "Folder"],
  ];
  const told = tags.map(([tag, title]): Line => ({ ...lineOf(runs, fieldOf(`tags.${tag}`)), field: { ...fieldOf(title), key: title } }));
  const data = runs.map((run) => run.inputs.dataset_inputs.map(({ dataset }) => `${dataset.name} ${dataset.digest}`).join("\n"));
  return [
    ...told.filter((line) => line.values.some((value) => value !== "")),
    ...(data.some((text) => text !== "")
      ? [{ field: fieldOf("Datasets"), values: data, isSame: new Set(data).size === 1, least: null, greatest: null }]
      : []),
  ];
}
