/** Runs as files. */
import type { QueryClient } from "@tanstack/react-query";

import { type RowKeys, rowsQuery } from "@/api/runRows";
import { toCsv } from "@/lib/csv";
import { type Field, type Recorded, valueOf } from "@/lib/fields";

const AT_ONCE = 1000;

/** Read runs, however many. */
export async function readAll(client: QueryClient, runIds: readonly string[], wanted: RowKeys): Promise<Recorded[]> {
  const runs: Recorded[] = [];
  for (let at = 0; at < runIds.length; at += AT_ONCE) {
    runs.push(...(await client.query(rowsQuery(runIds.slice(at, at + AT_ONCE), wanted))));
  }
  return runs;
}

/** Return runs as CSV, numbers with all their digits. */
export function csvOf(runs: readonly Recorded[], fields: readonly Field[]): string {
  return toCsv([fields.map(({ id }) => id), ...runs.map((run) => fields.map((field) => valueOf(run, field)))]);
}

/** Return runs as JSON; what is no finite number is a text. */
export function jsonOf(runs: readonly Recorded[], fields: readonly Field[]): string {
  const rows = runs.map((run) => Object.fromEntries(fields.map((field) => [field.id, valueOf(run, field) ?? null])));
  return JSON.stringify(rows, (_, value: unknown) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value), 1);
}
