/** How values are spread: quartiles, density. */
import { intervalOf } from "@/lib/statistics";

/** A group of runs and its values. */
export interface Spread {
  name: string;
  values: readonly number[];
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
  const { mean } = intervalOf(values);
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
