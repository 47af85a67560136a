/** Axes of parallel coordinates: where a value stands on one, what is brushed, and that as a filter. */
import type { Brush } from "@/lib/extraPanels";
import { fieldOf, quoted } from "@/lib/fields";
import type { RunRow } from "@/lib/useRunRows";

import { labelOf, numberOf } from "./rowValue";

interface NumericAxis {
  kind: "number" | "log";
  low: number;
  high: number;
  /** All values there are, where these are few. */
  few: number[];
}

interface KindsAxis {
  kind: "kinds";
  names: string[];
}

export type Axis = { id: string } & (NumericAxis | KindsAxis);

const MOST_KINDS = 60;
const FEW = 6;
const DIGITS = 3;

/** Return the axis of a field: of numbers where any run has one, else of its texts. */
export function axisFor(id: string, rows: readonly RunRow[], isLog: boolean): Axis {
  let low = Infinity;
  let high = -Infinity;
  let isText = false;
  const values = new Set<number>();
  for (const row of rows) {
    const value = numberOf(row, id);
    if (value === null) {
      if (labelOf(row, id) !== "(none)") isText = true;
    } else if (Number.isFinite(value) && (!isLog || value > 0)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
      if (values.size <= FEW) values.add(value);
    }
  }
  if (isText || low > high) {
    const names = [...new Set(rows.map((row) => labelOf(row, id)))].sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
    return { id, kind: "kinds", names: names.slice(0, MOST_KINDS) };
  }
  return { id, kind: isLog ? "log" : "number", low, high, few: values.size <= FEW ? [...values] : [] };
}

/** Return where a run stands on an axis, 0 at its foot and 1 at its head; null where it does not. */
export function placeOf(axis: Axis, row: RunRow): number | null {
  if (axis.kind === "kinds") {
    const at = axis.names.indexOf(labelOf(row, axis.id));
    return at < 0 ? null : placeOfKind(at, axis.names.length);
  }
  const value = numberOf(row, axis.id);
  return value === null ? null : placeOfNumber(axis, value);
}

/** Return where a number stands. */
export function placeOfNumber({ kind, low, high }: NumericAxis, value: number): number | null {
  if (!Number.isFinite(value) || (kind === "log" && value <= 0)) return null;
  if (low === high) return 0.5;
  return kind === "log" ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

export const placeOfKind = (at: number, count: number): number => (count === 1 ? 0.5 : 1 - at / (count - 1));

/** Return what stands at a place. */
export function numberAt({ kind, low, high }: NumericAxis, place: number): number {
  return kind === "log" ? low * (high / low) ** place : low + (high - low) * place;
}

/** Return the brush that somebody drew from one place of an axis to another. */
export function brushOf(axis: Axis, start: number, end: number): Brush | null {
  const [low, high] = [Math.min(start, end), Math.max(start, end)];
  if (axis.kind === "kinds") {
    const kept = axis.names.filter((_, at) => {
      const place = placeOfKind(at, axis.names.length);
      return place >= low - 1e-9 && place <= high + 1e-9;
    });
    return kept.length === 0 ? null : kept;
  }
  const [from, to] = [numberAt(axis, Math.max(0, low)), numberAt(axis, Math.min(1, high))];
  const stepAt = (value: number) => 10 ** (Math.floor(Math.log10(axis.kind === "log" ? value : Math.max(to - from, Number.MIN_VALUE))) - DIGITS);
  return [roundedTo(from, stepAt(from), Math.floor), roundedTo(to, stepAt(to), Math.ceil)];
}

/** Return a short number at or just outside of a value, so that nothing at the end of an axis is lost. */
function roundedTo(value: number, step: number, towards: (value: number) => number): number {
  const rounded = Number((towards(value / step) * step).toPrecision(12));
  return Number.isFinite(rounded) ? rounded : value;
}

/** Whether a brush is a range of numbers. */
export const isRange = (brush: Brush): brush is readonly [number, number] => typeof brush[0] === "number";

/** Return from where to where a brush reaches. */
export function extentOf(axis: Axis, brush: Brush): [number, number] | null {
  if (isRange(brush)) {
    if (axis.kind === "kinds") return null;
    const [low, high] = [placeOfNumber(axis, brush[0]), placeOfNumber(axis, brush[1])];
    return low === null || high === null ? null : [low, high];
  }
  if (axis.kind !== "kinds") return null;
  const places = brush.map((name) => axis.names.indexOf(name)).filter((at) => at >= 0).map((at) => placeOfKind(at, axis.names.length));
  const room = axis.names.length > 1 ? 0.4 / (axis.names.length - 1) : 0.4;
  return places.length === 0 ? null : [Math.min(...places) - room, Math.max(...places) + room];
}

/** Whether a run lies within a brush. */
export function isWithin(row: RunRow, id: string, brush: Brush): boolean {
  if (!isRange(brush)) return brush.includes(labelOf(row, id));
  const value = numberOf(row, id);
  return value !== null && value >= brush[0] && value <= brush[1];
}

/** Return brushes in the filter language, beside what is filtered already. */
export function filterOf(brushes: Readonly<Record<string, Brush>>, rows: readonly RunRow[], before: string): string {
  const parts = Object.entries(brushes).map(([id, brush]) => {
    const field = quoted(fieldOf(id));
    if (isRange(brush)) return `${field} BETWEEN ${brush[0]} AND ${brush[1]}`;
    return `(${brush.map((name) => equalTo(field, id, name, rows)).join(" OR ")})`;
  });
  if (parts.length === 0) return before;
  return [...(before.trim() === "" ? [] : [`(${before.trim()})`]), ...parts].join(" AND ");
}

function equalTo(field: string, id: string, name: string, rows: readonly RunRow[]): string {
  if (name === "(none)") return `${field} IS NULL`;
  const run = rows.find((row) => labelOf(row, id) === name);
  const number = run === undefined ? null : numberOf(run, id);
  if (number !== null && Number.isFinite(number)) return `${field} = ${number}`;
  if (name === "True" || name === "False") return `${field} = ${name.toLowerCase()}`;
  return `${field} = '${name.replaceAll("'", "''")}'`;
}
