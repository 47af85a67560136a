/** Runs as the rows that a specification sees. */
import type { ParamValue } from "@/api/types";
import { fieldOf, valueOf } from "@/lib/fields";
import type { RunRow } from "@/lib/useRunRows";

export interface VegaRow {
  run_id: string;
  run_name: string;
  status: string;
  user_id: string;
  start_time: number;
  duration: number | null;
  params: Record<string, ParamValue>;
  metrics: Record<string, number | null>;
  tags: Record<string, string>;
}

/** Return runs as rows; numbers that are not finite are left empty. */
export function vegaRows(rows: readonly RunRow[]): VegaRow[] {
  return rows.map((row) => ({
    run_id: row.info.run_id,
    run_name: row.info.run_name,
    status: row.info.status,
    user_id: row.info.user_id,
    start_time: row.info.start_time,
    duration: row.info.end_time === null ? null : row.info.end_time - row.info.start_time,
    params: { ...row.params },
    metrics: Object.fromEntries(
      Object.keys(row.metrics).map((key) => {
        const value = valueOf(row, fieldOf(`metrics.${key}`));
        return [key, typeof value === "number" && Number.isFinite(value) ? value : null];
      }),
    ),
    tags: { ...row.tags },
  }));
}
