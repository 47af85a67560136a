/** How values are spread: mean with its interval, quartiles, density. */

/** A group of runs and its values. */
export interface Spread {
  name: string;
  values: readonly number[];
}

export interface Interval {
  mean: number;
  /** Half the width of the 95 % interval of the mean; NaN of fewer than two values. */
  half: number;
  n: number;
}

/** Return the mean of values and its 95 % interval by Student's t. */
export function meanInterval(values: readonly number[]): Interval {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, half: NaN, n };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, half: studentT975(n - 1) * Math.sqrt(variance / n), n };
}

// Quantiles of Student's t at 0.975, for 1 to 30 degrees of freedom.
const T975 = [
  12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788, 2.1604, 2.1448, 2.1314,
  2.1199, 2.1098, 2.1009, 2.093, 2.086, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
];

/** Return the 0.975 quantile of Student's t; beyond 30 by the expansion of Cornish and Fisher, good to 5 digits. */
export function studentT975(degrees: number): number {
  const z = 1.959963985;
  return (
    T975[degrees - 1] ??
    z +
      (z ** 3 + z) / (4 * degrees) +
      (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2) +
      (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3)
  );
}

/** Return a quantile of sorted numbers, between two of them by a straight line. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}

export interface Box {
  /** Lower whisker, quartile, median, quartile, upper whisker. */
  five: readonly [number, number, number, number, number];
  outliers: number[];
}

/** Return a box as Tukey drew it: whiskers reach to the last value within 1.5 times the box's height. */
export function boxOf(values: readonly number[]): Box {
  const sorted = [...values].sort((one, other) => one - other);
  const [low, middle, high] = [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)];
  const reach = 1.5 * (high - low);
  const inside = sorted.filter((value) => value >= low - reach && value <= high + reach);
  return {
    five: [inside[0] ?? low, low, middle, high, inside.at(-1) ?? high],
    outliers: sorted.filter((value) => value < low - reach || value > high + reach),
  };
}

/** Return the density of values at evenly spaced places, by a Gaussian kernel of Silverman's width. */
export function densityOf(values: readonly number[], places = 48): { at: number; density: number }[] {
  const sorted = [...values].sort((one, other) => one - other);
  const { mean } = meanInterval(values);
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1));
  const range = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 1.349;
  const width = 0.9 * (range > 0 ? Math.min(deviation, range) : deviation) * values.length ** -0.2;
  const [low, high] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  if (!(width > 0)) return [{ at: low, density: 1 }];
  return Array.from({ length: places }, (_, index) => {
    const at = low + ((high - low) * index) / (places - 1);
    const density = sorted.reduce((sum, value) => sum + Math.exp(-0.5 * ((at - value) / width) ** 2), 0);
    return { at, density: density / (sorted.length * width * Math.sqrt(2 * Math.PI)) };
  });
}

/** Gather values under names; what is not finite is left out and counted. */
export function gathered(pairs: readonly (readonly [string, number | null])[]): { groups: Spread[]; left: number } {
  const found = new Map<string, number[]>();
  let left = 0;
  for (const [name, value] of pairs) {
    if (value === null || !Number.isFinite(value)) {
      left += 1;
      continue;
    }
    const values = found.get(name);
    if (values === undefined) found.set(name, [value]);
    else values.push(value);
  }
  const groups = [...found].map(([name, values]) => ({ name, values }));
  return { groups: groups.sort((one, other) => one.name.localeCompare(other.name, "en", { numeric: true })), left };
}
