/** Which columns a table of runs has, as long as nobody chose them. */
import type { Schemas } from "@/api/client";
import { type Field, NOTE_TAG, type Recorded, fieldOf, isInnerTag, textOf } from "@/lib/fields";

const MOST = 12;

/** Return the columns that tell runs apart: metrics, params that differ, when they were, and the params that all share. */
export function chosenByItself(keys: Schemas["RunKeys"], sample: readonly Recorded[]): Field[] {
  const params = Object.keys(keys.params).map((key) => fieldOf(`params.${key}`));
  const differing = new Set(
    params.filter((field) => new Set(sample.map((run) => textOf(run, field))).size > 1).map((field) => field.id),
  );
  const metrics = Object.keys(keys.metrics).filter((key) => !key.startsWith("system/"));
  return [
    fieldOf("status"),
    ...metrics.slice(0, MOST).map((key) => fieldOf(`metrics.${key}`)),
    ...params.filter(({ id }) => differing.has(id)).slice(0, MOST),
    ...["start_time", "duration"].map(fieldOf),
    ...params.filter(({ id }) => !differing.has(id)).slice(0, Math.max(0, MOST - differing.size)),
  ];
}

/** Return every column there may be. */
export function allFields(keys: Schemas["RunKeys"]): Field[] {
  return [
    ...["status", "start_time", "duration", "user_id", "run_id", "experiment_id"],
    ...Object.keys(keys.metrics).map((key) => `metrics.${key}`),
    ...Object.keys(keys.params).map((key) => `params.${key}`),
    `tags.${NOTE_TAG}`,
    ...Object.keys(keys.tags)
      .filter((key) => !isInnerTag(key))
      .map((key) => `tags.${key}`),
  ].map(fieldOf);
}

/** Return which keys rows must have for these fields. */
export function keysFor(ids: readonly string[], tags: readonly string[]): { params: string[]; metrics: string[]; tags: string[] } {
  const fields = ids.map(fieldOf);
  const of = (entity: Field["entity"]) => [...new Set(fields.filter((field) => field.entity === entity).map(({ key }) => key))];
  return { params: of("params"), metrics: of("metrics"), tags: [...new Set([...of("tags"), ...tags])] };
}
