/** How much params have to do with a metric: by a forest that is shuffled, and by rank correlation. */
import type { ParamValue } from "@/api/types";

import { type Feature, forestOf, randomOf } from "./forest";

export const LEAST_RUNS = 8;
const MOST_RUNS = 400;
const RESAMPLED = 500;

export interface ParamImportance {
  name: string;
  /** Which share of the variance of the metric's ranks goes through the param: half of what the error grows by (Jansen 1999). */
  share: number;
  /** Its 95 % interval. */
  low: number;
  high: number;
  /** Spearman's rank correlation; null of params that are not numbers. */
  spearman: number | null;
  /** How many runs have the param. */
  n: number;
}

export interface Importance {
  params: ParamImportance[];
  /** Runs with a finite metric that were looked at. */
  n: number;
  /** The share of variance that the forest explains, of runs it has not seen. */
  explained: number;
}

export interface ImportanceRow {
  params: Readonly<Record<string, ParamValue>>;
  y: number;
}

/** Return the importance of each param that differs, the greatest first; null of too few runs. */
export function importanceOf(rows: readonly ImportanceRow[], keys: readonly string[]): Importance | null {
  const finite = rows.filter(({ y }) => Number.isFinite(y)).slice(0, MOST_RUNS);
  const n = finite.length;
  if (n < LEAST_RUNS) return null;
  const target = ranks(Float64Array.from(finite, ({ y }) => y));
  const mean = target.reduce((sum, value) => sum + value, 0) / n;
  const variance = target.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
  const features = keys.map((key) => featureOf(key, finite)).filter((feature) => feature !== null);
  if (variance === 0 || features.length === 0) return { params: [], n, explained: 0 };
  const { predicted, losses } = forestOf(features, target);
  const errors = target.map((value, row) => (value - (predicted[row] ?? NaN)) ** 2).filter((error) => !Number.isNaN(error));
  const explained = 1 - errors.reduce((sum, error) => sum + error, 0) / errors.length / variance;
  const params = features.map((feature, index) => {
    const loss = (losses[index] ?? new Float64Array(n)).map((value) => value / (2 * variance));
    const having = finite.map((_, row) => row).filter((row) => !Number.isNaN(feature.values[row] ?? NaN));
    return {
      name: feature.name,
      share: average(loss),
      ...intervalOf(loss),
      spearman: feature.isNumeric ? spearman(having.map((row) => feature.values[row] ?? 0), having.map((row) => target[row] ?? 0)) : null,
      n: having.length,
    };
  });
  return { params: params.sort((one, other) => other.share - one.share), n, explained };
}

/** Return a param as numbers, or null where all runs have the same. */
export function featureOf(key: string, rows: readonly ImportanceRow[]): Feature | null {
  const given = rows.map(({ params }) => params[key]);
  const here = given.filter((value) => value !== undefined && value !== null);
  const isNumeric = here.every((value) => typeof value === "number" || value === "NaN" || value === "Infinity" || value === "-Infinity");
  const kinds = new Map<string, number>();
  const values = Float64Array.from(given, (value) => {
    if (value === undefined || value === null) return NaN;
    if (isNumeric) return Number(value);
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const kind = kinds.get(text) ?? kinds.size;
    kinds.set(text, kind);
    return kind;
  });
  const differing = new Set(values);
  if (differing.size < 2) return null;
  // A text that is another in every run tells nothing of the next one.
  if (!isNumeric && kinds.size > Math.max(2, here.length / 2)) return null;
  return { name: key, isNumeric, values };
}

/** Return the ranks of values from 0 to 1; equal ones share theirs. */
export function ranks(values: Float64Array): Float64Array {
  const order = Array.from(values, (_, at) => at).sort((one, other) => (values[one] ?? 0) - (values[other] ?? 0));
  const found = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] ?? 0] === values[order[from] ?? 0]) to += 1;
    for (let at = from; at <= to; at++) found[order[at] ?? 0] = (from + to) / 2 / Math.max(1, order.length - 1);
    from = to + 1;
  }
  return found;
}

/** Return Spearman's correlation, or null of fewer than three pairs or of equal values. */
export function spearman(xs: readonly number[], ys: readonly number[]): number | null {
  if (xs.length < 3) return null;
  const [a, b] = [ranks(Float64Array.from(xs)), ranks(Float64Array.from(ys))];
  const [meanA, meanB] = [average(a), average(b)];
  let [product, squareA, squareB] = [0, 0, 0];
  a.forEach((value, at) => {
    const [x, y] = [value - meanA, (b[at] ?? 0) - meanB];
    product += x * y;
    squareA += x * x;
    squareB += y * y;
  });
  return squareA === 0 || squareB === 0 ? null : product / Math.sqrt(squareA * squareB);
}

function intervalOf(loss: Float64Array): { low: number; high: number } {
  const random = randomOf(2);
  const n = loss.length;
  const means = Float64Array.from({ length: RESAMPLED }, () => {
    let sum = 0;
    for (let at = 0; at < n; at++) sum += loss[Math.floor(random() * n)] ?? 0;
    return sum / n;
  }).sort();
  return { low: means[Math.floor(RESAMPLED * 0.025)] ?? NaN, high: means[Math.floor(RESAMPLED * 0.975)] ?? NaN };
}

const average = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
