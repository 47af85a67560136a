/** Numbers and names out of the rows of runs. */
import { COLOUR_TAG, canvasColourOf } from "@/lib/colour";
import { fieldOf, valueOf } from "@/lib/fields";
import { formatNumber, formatValue } from "@/lib/format";
import { formatDuration, formatMoment } from "@/lib/time";
import type { RunRow } from "@/lib/useRunRows";

/** Return what a run has of a field as a number: NaN of a NaN, null where it has none, or a text. */
export function numberOf(row: RunRow, id: string): number | null {
  const value = valueOf(row, fieldOf(id));
  if (typeof value === "number") return value;
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  return null;
}

/** Return what a run has of a field as a text; `(none)` where it has none. */
export function labelOf(row: RunRow, id: string): string {
  const value = valueOf(row, fieldOf(id));
  if (value === undefined) return "(none)";
  return typeof value === "number" ? formatField(value, id) : formatValue(value);
}

/** Return a number of a field as people read it. */
export function formatField(value: number, id: string, digits = 5): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  if (id === "start_time") return formatMoment(value);
  if (id === "duration") return formatDuration(value);
  return formatNumber(value, digits);
}

/** Return the colour of a run on a canvas. */
export const runColour = (row: RunRow, isDark: boolean): string => canvasColourOf(row.info.run_id, isDark, row.tags[COLOUR_TAG]);
