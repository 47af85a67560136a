/** Smoothing of curves: each returns as many values as it was given, and leaves out what is not finite. */

export type Smoothing =
  | { kind: "none" }
  | { kind: "ema"; weight: number }
  | { kind: "gaussian"; width: number }
  | { kind: "mean"; width: number };

/** Return a smoothed curve. */
export function smooth(values: Float64Array, how: Smoothing): Float64Array {
  switch (how.kind) {
    case "none":
      return values;
    case "ema":
      return exponential(values, how.weight);
    case "gaussian":
      return windowed(values, Math.ceil(how.width * 3), (distance) => Math.exp(-0.5 * (distance / how.width) ** 2));
    case "mean":
      return windowed(values, Math.floor(how.width / 2), () => 1);
  }
}

/** Exponential moving average without the bias towards its start (Kingma and Ba 2015, section 3). */
function exponential(values: Float64Array, weight: number): Float64Array {
  const smoothed = new Float64Array(values.length);
  let sum = 0;
  let correction = 1;
  values.forEach((value, at) => {
    if (Number.isFinite(value)) {
      sum = sum * weight + (1 - weight) * value;
      correction *= weight;
      smoothed[at] = correction < 1 ? sum / (1 - correction) : value;
    } else {
      smoothed[at] = value;
    }
  });
  return smoothed;
}

function windowed(values: Float64Array, reach: number, weigh: (distance: number) => number): Float64Array {
  const weights = Array.from({ length: reach + 1 }, (_, distance) => weigh(distance));
  return values.map((value, at) => {
    if (!Number.isFinite(value)) return value;
    let sum = 0;
    let total = 0;
    for (let near = Math.max(0, at - reach); near <= Math.min(values.length - 1, at + reach); near++) {
      const one = values[near] ?? NaN;
      const weight = weights[Math.abs(near - at)] ?? 0;
      if (Number.isFinite(one)) {
        sum += one * weight;
        total += weight;
      }
    }
    return sum / total;
  });
}
