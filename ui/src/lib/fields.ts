/** Columns of runs: what they are called, what they hold, and how the filter language names them. */
import { type MetricSummary, type ParamValue, type Run, toNumber } from "@/api/types";

import { formatValue } from "./format";

export type Entity = "params" | "metrics" | "tags";

export interface Field {
  /** `start_time`, `params.lr`, `metrics.val/loss`. */
  id: string;
  entity: Entity | "attribute";
  key: string;
}

export const ATTRIBUTES: Readonly<Record<string, string>> = {
  run_name: "Name",
  status: "Status",
  start_time: "Started",
  duration: "Duration",
  user_id: "User",
  run_id: "Run id",
};

const ENTITIES: readonly Entity[] = ["params", "metrics", "tags"];

/** Return the field of an id; one of no known kind is an attribute. */
export function fieldOf(id: string): Field {
  const entity = ENTITIES.find((one) => id.startsWith(`${one}.`));
  return entity === undefined ? { id, entity: "attribute", key: id } : { id, entity, key: id.slice(entity.length + 1) };
}

/** Return what a column of the field is headed. */
export function titleOf(field: Field): string {
  return field.entity === "attribute" ? (ATTRIBUTES[field.key] ?? field.key) : field.key;
}

/** Return the field in the words of the filter language. */
export function quoted(field: Field): string {
  return field.entity === "attribute" ? field.key : `${field.entity}.\`${field.key.replaceAll("`", "``")}\``;
}

/** A run, as it is or as a row of a table. */
export type HasFields = Pick<Run, "info" | "params" | "metrics" | "tags">;

/** Return what a run has of a field: a number, a text, or undefined. */
export function valueOf(run: HasFields, field: Field): ParamValue | undefined {
  switch (field.entity) {
    case "params":
      return run.params[field.key];
    case "tags":
      return run.tags[field.key];
    case "metrics": {
      const summary = run.metrics[field.key];
      return summary === undefined ? undefined : lastOf(summary);
    }
    case "attribute":
      return attributeOf(run, field.key);
  }
}

/** Return the last value; a summary travels as a list that begins with it. */
export const lastOf = ([last]: MetricSummary): number => toNumber(last);

function attributeOf({ info }: HasFields, key: string): ParamValue | undefined {
  switch (key) {
    case "run_name":
      return info.run_name;
    case "status":
      return info.status;
    case "start_time":
      return info.start_time;
    case "duration":
      return info.end_time === null ? undefined : info.end_time - info.start_time;
    case "user_id":
      return info.user_id;
    case "run_id":
      return info.run_id;
    default:
      return undefined;
  }
}

/** Return what stands in a cell. */
export function textOf(run: Run, field: Field): string {
  const value = valueOf(run, field);
  return value === undefined ? "" : formatValue(value);
}

/** Whether all values of a field among these runs are numbers. */
export function isNumeric(runs: readonly Run[], field: Field): boolean {
  return field.entity === "metrics" || runs.every((run) => ["number", "undefined"].includes(typeof valueOf(run, field)));
}

/** Tags that programs set for themselves, and nobody looks for in a table. */
export const isInnerTag = (key: string): boolean => key.startsWith("mlflow.") || key.startsWith("runstone.");

/** Return the keys that any of these runs has, of each kind. */
export function keysOf(runs: readonly Run[]): Record<Entity, string[]> {
  const found: Record<Entity, Set<string>> = { params: new Set(), metrics: new Set(), tags: new Set() };
  for (const run of runs) {
    for (const entity of ENTITIES) for (const key of Object.keys(run[entity])) found[entity].add(key);
  }
  const sorted = (keys: Set<string>) => [...keys].sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
  return { params: sorted(found.params), metrics: sorted(found.metrics), tags: sorted(found.tags).filter((key) => !isInnerTag(key)) };
}
