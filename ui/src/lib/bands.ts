/** Several curves as one: their mean over x, and a band around it. */
import type { BandKind } from "./chartSettings";
import { intervalOf } from "./statistics";

export interface Curve {
  /** Rising. */
  xs: Float64Array;
  ys: Float64Array;
}

export interface Mean extends Curve {
  lower: Float64Array;
  upper: Float64Array;
  /** How many curves there are at each x. */
  counts: Int32Array;
}

const MOST_POINTS = 1600;

/**
 * Return the mean of curves, each between its own first and last x.
 *
 * Between its points a curve is a straight line; where it is not finite, it is not there. Of very many points those at
 * which the mean or the band's edges are extreme are kept, and the first and the last.
 */
export function meanOf(curves: readonly Curve[], kind: BandKind): Mean {
  const xs = unionOf(curves.map((curve) => curve.xs));
  const ys = new Float64Array(xs.length);
  const lower = new Float64Array(xs.length).fill(NaN);
  const upper = new Float64Array(xs.length).fill(NaN);
  const counts = new Int32Array(xs.length);
  const columns = curves.map((curve) => interpolated(curve, xs));
  const here: number[] = [];
  for (let at = 0; at < xs.length; at++) {
    here.length = 0;
    for (const column of columns) {
      const value = column[at] ?? NaN;
      if (Number.isFinite(value)) here.push(value);
    }
    const { mean, half, count } = intervalOf(here);
    ys[at] = mean;
    counts[at] = count;
    if (count < 2 || kind === "none") continue;
    [lower[at], upper[at]] = edgesOf(here, mean, half, kind);
  }
  return thinned({ xs, ys, lower, upper, counts });
}

function edgesOf(values: readonly number[], mean: number, half: number, kind: BandKind): [number, number] {
  if (kind === "range") return [Math.min(...values), Math.max(...values)];
  if (kind === "interval") return [mean - half, mean + half];
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return [mean - Math.sqrt(variance), mean + Math.sqrt(variance)];
}

function unionOf(columns: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(columns.reduce((sum, column) => sum + column.length, 0));
  let start = 0;
  for (const column of columns) {
    all.set(column, start);
    start += column.length;
  }
  all.sort();
  let kept = 0;
  for (const x of all) {
    if (Number.isFinite(x) && (kept === 0 || x !== all[kept - 1])) all[kept++] = x;
  }
  return all.slice(0, kept);
}

function interpolated({ xs, ys }: Curve, grid: Float64Array): Float64Array {
  const found = new Float64Array(grid.length).fill(NaN);
  let next = 0;
  grid.forEach((x, at) => {
    while (next < xs.length && (xs[next] ?? NaN) < x) next += 1;
    const after = xs[next] ?? NaN;
    const y = ys[next] ?? NaN;
    if (after === x) {
      found[at] = y;
      return;
    }
    const before = xs[next - 1] ?? NaN;
    const from = ys[next - 1] ?? NaN;
    found[at] = from + ((y - from) * (x - before)) / (after - before);
  });
  return found;
}

function thinned(mean: Mean): Mean {
  const { length } = mean.xs;
  if (length <= MOST_POINTS) return mean;
  const buckets = MOST_POINTS / 4;
  const kept = new Set<number>([0, length - 1]);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * length) / buckets);
    const to = Math.floor(((bucket + 1) * length) / buckets);
    for (const column of [mean.ys, mean.lower, mean.upper]) {
      let [low, high] = [from, from];
      for (let at = from; at < to; at++) {
        if ((column[at] ?? Infinity) < (column[low] ?? Infinity)) low = at;
        if ((column[at] ?? -Infinity) > (column[high] ?? -Infinity)) high = at;
      }
      kept.add(low).add(high);
    }
  }
  const places = [...kept].sort((one, other) => one - other);
  const pick = (column: Float64Array) => Float64Array.from(places, (at) => column[at] ?? NaN);
  return {
    xs: pick(mean.xs),
    ys: pick(mean.ys),
    lower: pick(mean.lower),
    upper: pick(mean.upper),
    counts: Int32Array.from(places, (at) => mean.counts[at] ?? 0),
  };
}
