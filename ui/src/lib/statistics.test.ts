import { expect, test } from "vitest";

import { intervalOf, studentT975 } from "./statistics";

test("quantiles are those of the tables", () => {
  expect(studentT975(1)).toBeCloseTo(12.7062, 3);
  expect(studentT975(4)).toBeCloseTo(2.7764, 4);
  expect(studentT975(40)).toBeCloseTo(2.0211, 3);
  expect(studentT975(120)).toBeCloseTo(1.9799, 3);
});

test("an interval of three seeds is as wide as three seeds are worth", () => {
  const { mean, half, count } = intervalOf([1, 2, 3]);
  expect([mean, count]).toEqual([2, 3]);
  expect(half).toBeCloseTo((4.3027 * 1) / Math.sqrt(3), 3);
});

test("one value has no interval, and what is not finite is left out", () => {
  expect(intervalOf([5])).toEqual({ mean: 5, half: NaN, count: 1 });
  expect(intervalOf([NaN, 1, Infinity, 3]).count).toBe(2);
  expect(intervalOf([]).mean).toBeNaN();
});

test("beyond the table the quantile is as in the books", () => {
  expect(studentT975(31)).toBeCloseTo(2.0395, 4);
  expect(studentT975(60)).toBeCloseTo(2.0003, 4);
  expect(studentT975(1000)).toBeCloseTo(1.9623, 4);
});
