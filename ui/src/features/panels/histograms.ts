/** Histograms as they are logged, brought to common bins. */

export interface LoggedHistogram {
  edges: number[];
  counts: number[];
  /** Values that were no finite numbers. */
  missing: number;
}

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((one) => typeof one === "number" && Number.isFinite(one));

/** Return a histogram of its file, or null where that is none. */
export function readHistogram(text: string): LoggedHistogram | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { bins, counts, nan, inf, neg_inf: negative } = value as Record<string, unknown>;
  if (!isNumbers(bins) || !isNumbers(counts) || bins.length !== counts.length + 1 || counts.length === 0) return null;
  const missing = [nan, inf, negative].reduce((sum: number, one) => sum + (typeof one === "number" ? one : 0), 0);
  return { edges: bins, counts, missing };
}

/** Return the least and greatest edge of bins that hold something. */
export function rangeOf(histograms: readonly LoggedHistogram[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const { edges, counts } of histograms) {
    counts.forEach((count, at) => {
      if (count <= 0) return;
      low = Math.min(low, edges[at] ?? Infinity);
      high = Math.max(high, edges[at + 1] ?? -Infinity);
    });
  }
  if (low > high) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

/** Return the share of values in each of some bins of equal width; a bin that is cut is cut evenly. */
export function rebinned({ edges, counts }: LoggedHistogram, [low, high]: readonly [number, number], bins: number): Float64Array {
  const shares = new Float64Array(bins);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return shares;
  const width = (high - low) / bins;
  counts.forEach((count, at) => {
    const [from, to] = [edges[at] ?? 0, edges[at + 1] ?? 0];
    if (count <= 0 || !(to > from)) return;
    const first = Math.max(0, Math.floor((from - low) / width));
    const last = Math.min(bins - 1, Math.floor((to - low) / width));
    for (let bin = first; bin <= last; bin++) {
      const overlap = Math.min(to, low + (bin + 1) * width) - Math.max(from, low + bin * width);
      if (overlap > 0) shares[bin] = (shares[bin] ?? 0) + (count / total) * (overlap / (to - from));
    }
  });
  return shares;
}

/** Return at most so many things, evenly, the first and the last among them. */
export function thinned<T>(things: readonly T[], most: number): T[] {
  if (things.length <= most) return [...things];
  return Array.from({ length: most }, (_, at) => things[Math.round((at * (things.length - 1)) / (most - 1))]).filter((one) => one !== undefined);
}
