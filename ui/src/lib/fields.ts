/** Columns of runs: what they are called, what they hold, and how the filter language names them. */
import { type MetricSummary, type ParamValue, type RunInfo, toNumber } from "@/api/types";

import { formatValue } from "./format";

/** What fields are read of: a whole run, or a row of a table. */
export interface Recorded {
  info: RunInfo;
  params: Record<string, ParamValue>;
  metrics: Record<string, MetricSummary>;
  tags: Record<string, string>;
}

export type Entity = "params" | "metrics" | "tags";

export interface Field {
  /** `start_time`, `params.lr`, `metrics.val/loss`. */
  id: string;
  entity: Entity | "attribute";
  key: string;
  /** Of a metric: `metrics.loss|min` in its id. */
  statistic?: Statistic;
}

export const STATISTICS = ["last", "min", "max", "mean", "first", "count"] as const;

export type Statistic = (typeof STATISTICS)[number];

/** Tag of a run that holds what was written about it, in Markdown. */
export const NOTE_TAG = "mlflow.note.content";

export const ATTRIBUTES: Readonly<Record<string, string>> = {
  run_name: "Name",
  status: "Status",
  start_time: "Started",
  duration: "Duration",
  user_id: "User",
  run_id: "Run id",
  experiment_id: "Experiment",
};

const ENTITIES: readonly Entity[] = ["params", "metrics", "tags"];

/** Return the field of an id; one of no known kind is an attribute. */
export function fieldOf(id: string): Field {
  const entity = ENTITIES.find((one) => id.startsWith(`${one}.`));
  if (entity === undefined) return { id, entity: "attribute", key: id };
  const key = id.slice(entity.length + 1);
  const statistic = entity === "metrics" ? STATISTICS.find((one) => key.endsWith(`|${one}`)) : undefined;
  return statistic === undefined ? { id, entity, key } : { id, entity, key: key.slice(0, -statistic.length - 1), statistic };
}

/** Return what a column of the field is headed. */
export function titleOf(field: Field): string {
  if (field.entity === "attribute") return ATTRIBUTES[field.key] ?? field.key;
  if (field.entity === "tags" && field.key === NOTE_TAG) return "Notes";
  return field.statistic === undefined ? field.key : `${field.key} (${field.statistic})`;
}

/** Return the field in the words of the filter language. */
export function quoted(field: Field): string {
  if (field.entity === "attribute") return field.key;
  const named = `${field.entity}.\`${field.key.replaceAll("`", "``")}\``;
  return field.statistic === undefined ? named : `${named}.${field.statistic}`;
}

/** Return what a run has of a field: a number, a text, or undefined. */
export function valueOf(run: Recorded, field: Field): ParamValue | undefined {
  switch (field.entity) {
    case "params":
      return run.params[field.key];
    case "tags":
      return run.tags[field.key];
    case "metrics": {
      const summary = run.metrics[field.key];
      return summary === undefined ? undefined : statisticOf(summary, field.statistic ?? "last");
    }
    case "attribute":
      return attributeOf(run, field.key);
  }
}

/** Return the last value; a summary travels as a list. */
export const lastOf = (summary: MetricSummary): number => statisticOf(summary, "last");

/** Return one number of a summary. */
export function statisticOf(summary: MetricSummary, statistic: Statistic): number {
  const [last, , , first, , , min, max, total, count, nans] = summary;
  switch (statistic) {
    case "last":
      return toNumber(last);
    case "first":
      return toNumber(first);
    case "min":
      return toNumber(min);
    case "max":
      return toNumber(max);
    case "mean":
      return toNumber(total) / (count - nans);
    case "count":
      return count;
  }
}

function attributeOf({ info }: Recorded, key: string): ParamValue | undefined {
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
    case "experiment_id":
      return info.experiment_id;
    default:
      return undefined;
  }
}

/** Return what stands in a cell. */
export function textOf(run: Recorded | null, field: Field): string {
  const value = run === null ? undefined : valueOf(run, field);
  return value === undefined ? "" : formatValue(value);
}

/** Whether all values of a field among these runs are numbers. */
export function isNumeric(runs: readonly Recorded[], field: Field): boolean {
  return field.entity === "metrics" || runs.every((run) => ["number", "undefined"].includes(typeof valueOf(run, field)));
}

/** Tags that programs set for themselves, and nobody looks for in a table. */
export const isInnerTag = (key: string): boolean => key.startsWith("mlflow.") || key.startsWith("runstone.");

/** Return the keys that any of these runs has, of each kind. */
export function keysOf(runs: readonly Recorded[]): Record<Entity, string[]> {
  const found: Record<Entity, Set<string>> = { params: new Set(), metrics: new Set(), tags: new Set() };
  for (const run of runs) {
    for (const entity of ENTITIES) for (const key of Object.keys(run[entity])) found[entity].add(key);
  }
  const sorted = (keys: Set<string>) => [...keys].sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
  return { params: sorted(found.params), metrics: sorted(found.metrics), tags: sorted(found.tags).filter((key) => !isInnerTag(key)) };
}
