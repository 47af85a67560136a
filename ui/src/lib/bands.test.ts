import { expect, test } from "vitest";

import { meanOf } from "./bands";

const curve = (xs: number[], ys: number[]) => ({ xs: Float64Array.from(xs), ys: Float64Array.from(ys) });

test("the mean is over those that are there, each a straight line between its points", () => {
  const { xs, ys, counts } = meanOf([curve([0, 2], [0, 2]), curve([1, 3], [3, 5])], "range");
  expect([...xs]).toEqual([0, 1, 2, 3]);
  expect([...ys]).toEqual([0, 2, 3, 5]);
  expect([...counts]).toEqual([1, 2, 2, 1]);
});

test("the interval is Student's t, and one curve has none", () => {
  const { lower, upper } = meanOf([curve([0], [1]), curve([0], [2]), curve([0], [3])], "interval");
  // t(2) = 4.3027, s = 1, n = 3.
  expect(upper[0]).toBeCloseTo(2 + 4.3027 / Math.sqrt(3), 6);
  expect(lower[0]).toBeCloseTo(2 - 4.3027 / Math.sqrt(3), 6);
  expect(meanOf([curve([0], [1])], "interval").upper[0]).toBeNaN();
});

test("deviation, range and none", () => {
  const curves = [curve([0], [1]), curve([0], [3])];
  expect(meanOf(curves, "deviation").upper[0]).toBeCloseTo(2 + Math.SQRT2, 12);
  expect(meanOf(curves, "range").lower[0]).toBe(1);
  expect(meanOf(curves, "none").upper[0]).toBeNaN();
});

test("what is not finite is not there", () => {
  const { ys, counts } = meanOf([curve([0, 1, 2], [1, NaN, 1]), curve([0, 1, 2], [3, 3, Infinity])], "interval");
  expect([...ys]).toEqual([2, 3, 1]);
  expect([...counts]).toEqual([2, 1, 1]);
});

test("of very many points the spike stays, and both ends", () => {
  const xs = Array.from({ length: 50_000 }, (_, at) => at);
  const ys = xs.map((x) => (x === 31_337 ? 99 : 1));
  const found = meanOf([curve(xs, ys)], "interval");
  expect(found.xs.length).toBeLessThanOrEqual(4000);
  expect(Math.max(...found.ys)).toBe(99);
  expect([found.xs[0], found.xs.at(-1)]).toEqual([0, 49_999]);
});
