/** What a chart shows of its lines: which x and y, and what is near the cursor. */

export interface Line {
  id: string;
  label: string;
  /** For a canvas: no `var()`, no `light-dark()`. */
  colour: string;
  /** Rising. */
  xs: Float64Array;
  ys: Float64Array;
  /** The curve before smoothing, drawn faintly. */
  raw?: Float64Array;
  /** Lower and upper edge of a band around it; NaN where there is none. */
  band?: readonly [Float64Array, Float64Array];
  /** How many values there are at each x, where it is the mean of several. */
  counts?: Int32Array;
}

export type Range = readonly [number, number];

export interface View {
  /** What of x is shown; null for all. */
  zoom: Range | null;
  isLogX: boolean;
  isLogY: boolean;
  /** Leave room for the middle 98 % of the values only. */
  isClipped: boolean;
  /** Lowest and highest y; null where the values say it. */
  y: readonly [number | null, number | null];
}

export interface Shown {
  x: Range;
  y: Range;
  /** How many values are above or below what is shown. */
  outside: number;
}

export interface Hit {
  line: Line;
  at: number;
  x: number;
  y: number;
}

const MARGIN = 0.05;
const CLIPPED_SHARE = 0.01;

/** Return what of x and y to show: all of it, with some room above and below. */
export function shownOf(lines: readonly Line[], view: View): Shown {
  const { isLogX, isLogY } = view;
  const x = view.zoom ?? extent(lines.map((line) => line.xs), isLogX) ?? (isLogX ? [1, 10] : [0, 1]);
  const values = valuesWithin(lines, x, isLogY);
  let [lowest, highest] = extent([values], false) ?? [Infinity, -Infinity];
  if (view.isClipped && values.length >= 20) {
    values.sort();
    lowest = values[Math.floor((values.length - 1) * CLIPPED_SHARE)] ?? lowest;
    highest = values[Math.ceil((values.length - 1) * (1 - CLIPPED_SHARE))] ?? highest;
  }
  const [low, high] = roomy(lowest, highest, isLogY);
  const y = ordered(view.y[0] ?? low, view.y[1] ?? high, isLogY);
  let outside = 0;
  for (const value of values) if (value < y[0] || value > y[1]) outside += 1;
  return { x: widened(x[0], x[1], isLogX), y, outside };
}

function valuesWithin(lines: readonly Line[], [from, to]: Range, isLogY: boolean): Float64Array {
  const columns = lines.flatMap((line) => [line.ys, ...(line.band ?? [])].map((ys) => [line.xs, ys] as const));
  const found = new Float64Array(columns.reduce((sum, [xs]) => sum + xs.length, 0));
  let count = 0;
  for (const [xs, ys] of columns) {
    for (let at = 0; at < xs.length; at++) {
      const x = xs[at] ?? NaN;
      const y = ys[at] ?? NaN;
      if (x >= from && x <= to && Number.isFinite(y) && !(isLogY && y <= 0)) found[count++] = y;
    }
  }
  return found.subarray(0, count);
}

function extent(columns: readonly Float64Array[], isLog: boolean): Range | null {
  let lowest = Infinity;
  let highest = -Infinity;
  for (const column of columns) {
    for (const value of column) {
      if (!Number.isFinite(value) || (isLog && value <= 0)) continue;
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
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

function ordered(low: number, high: number, isLog: boolean): Range {
  const [from, to] = low < high ? [low, high] : [high, low];
  const first = isLog && from <= 0 ? Math.min(1e-12, to / 10) : from;
  return widened(first, to, isLog);
}

/** Return the lines nearest to a place, each at its point nearest in x; the nearest first. */
export function nearest(lines: readonly Line[], x: number, y: number, isLogY: boolean, count: number): Hit[] {
  const place = (value: number) => (isLogY ? Math.log(value) : value);
  return lines
    .flatMap((line) => {
      const at = indexNear(line.xs, x);
      const here = line.xs[at];
      const value = line.ys[at];
      return here === undefined || value === undefined || Number.isNaN(value) ? [] : [{ line, at, x: here, y: value }];
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

/** Return a range moved by a share of its width, and made wider or narrower around its middle. */
export function moved([from, to]: Range, by: number, scale: number, isLog: boolean): Range {
  const into = isLog ? Math.log10 : (value: number) => value;
  const back = isLog ? (value: number) => 10 ** value : (value: number) => value;
  const [low, high] = [into(from), into(to)];
  const width = high - low;
  const middle = (low + high) / 2 + by * width;
  return [back(middle - (width * scale) / 2), back(middle + (width * scale) / 2)];
}
