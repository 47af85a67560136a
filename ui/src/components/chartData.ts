/** What a chart needs to know of its lines. */
import type { Line, Range } from "./Chart";

export interface Hit {
  line: Line;
  x: number;
  y: number;
}

const MARGIN = 0.05;

/** Return what of x and y to show: all of it, with some room above and below. */
export function rangeOf(lines: readonly Line[], zoom: Range | null, isLogX: boolean, isLogY: boolean): { x: Range; y: Range } {
  const x = zoom ?? extent(lines.map((line) => line.xs), isLogX) ?? (isLogX ? [1, 10] : [0, 1]);
  let lowest = Infinity;
  let highest = -Infinity;
  for (const line of lines) {
    for (const ys of [line.ys, ...(line.band ?? [])]) {
      for (let at = 0; at < line.xs.length; at++) {
        const here = line.xs[at] ?? NaN;
        const value = ys[at] ?? NaN;
        if (here < x[0] || here > x[1] || !Number.isFinite(value) || (isLogY && value <= 0)) continue;
        lowest = Math.min(lowest, value);
        highest = Math.max(highest, value);
      }
    }
  }
  return { x: widened(x[0], x[1], isLogX), y: roomy(lowest, highest, isLogY) };
}

function extent(columns: readonly Float64Array[], isLog: boolean): Range | null {
  let lowest = Infinity;
  let highest = -Infinity;
  for (const column of columns) {
    for (const value of column) {
      if (!Number.isFinite(value) || (isLog && value <= 0)) continue;
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
    }
  }
  return lowest <= highest ? [lowest, highest] : null;
}

function widened(low: number, high: number, isLog: boolean): Range {
  if (low < high) return [low, high];
  return isLog ? [low / 2, high * 2] : [low - 0.5, high + 0.5];
}

function roomy(low: number, high: number, isLog: boolean): Range {
  if (low > high) return isLog ? [0.1, 10] : [0, 1];
  if (isLog) return low === high ? [low / 2, high * 2] : [low * (low / high) ** MARGIN, high * (high / low) ** MARGIN];
  const room = low === high ? Math.max(Math.abs(low) * 0.1, 1e-12) : (high - low) * MARGIN;
  return [low - room, high + room];
}

/** Return the lines nearest to a place, each at its point nearest in x; the nearest first. */
export function nearest(lines: readonly Line[], x: number, y: number, isLogY: boolean, count: number): Hit[] {
  const place = (value: number) => (isLogY ? Math.log(value) : value);
  return lines
    .flatMap((line) => {
      const at = indexNear(line.xs, x);
      const here = line.xs[at];
      const value = line.ys[at];
      return here === undefined || value === undefined || Number.isNaN(value) ? [] : [{ line, x: here, y: value }];
    })
    .sort((one, other) => Math.abs(place(one.y) - place(y)) - Math.abs(place(other.y) - place(y)))
    .slice(0, count);
}

/** Return where in sorted numbers the one nearest to a value is. */
export function indexNear(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  const before = sorted[low - 1];
  const here = sorted[low] ?? Infinity;
  return before !== undefined && value - before <= here - value ? low - 1 : low;
}
