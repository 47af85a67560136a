/** Which columns a table of runs has, as long as nobody chose them. */
import type { Run } from "@/api/types";
import { type Field, fieldOf, keysOf, textOf } from "@/lib/fields";

const MOST_PARAMS = 12;
const MOST_METRICS = 12;

/** Return the columns that tell these runs apart: params that differ first, then metrics. */
export function chosenByItself(runs: readonly Run[]): Field[] {
  const keys = keysOf(runs);
  const params = keys.params.map((key) => fieldOf(`params.${key}`));
  const differing = params.filter((field) => new Set(runs.map((run) => textOf(run, field))).size > 1);
  const same = params.filter((field) => !differing.includes(field));
  const metrics = keys.metrics.filter((key) => !key.startsWith("system/")).map((key) => fieldOf(`metrics.${key}`));
  return [
    ...["status", "start_time", "duration"].map(fieldOf),
    ...metrics.slice(0, MOST_METRICS),
    ...[...differing, ...same].slice(0, MOST_PARAMS),
  ];
}
