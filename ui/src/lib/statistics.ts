/** Intervals that are honest at three to five seeds. */

/** Quantiles of Student's t at 97.5 %, by degrees of freedom from 1. */
// prettier-ignore
const T975 = [
  12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788, 2.1604, 2.1448, 2.1314,
  2.1199, 2.1098, 2.1009, 2.093, 2.086, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
];

/** Return the quantile of Student's t that leaves 2.5 % above it; from 31 degrees on by Cornish and Fisher's series. */
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

export interface Interval {
  mean: number;
  /** Half the width of the 95 % interval of the mean (Student's t); NaN for fewer than two values. */
  half: number;
  count: number;
}

/** Return mean and interval of the values that are numbers. */
export function intervalOf(values: readonly number[]): Interval {
  const finite = values.filter((value) => Number.isFinite(value));
  const count = finite.length;
  const mean = finite.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { mean, half: NaN, count };
  const variance = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { mean, half: studentT975(count - 1) * Math.sqrt(variance / count), count };
}
