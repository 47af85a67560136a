import { expect, test } from "vitest";

import { boxOf, densityOf, gathered, quantile } from "./spread";

test("quantiles lie between values", () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantile([7], 0.25)).toBe(7);
});

test("a box keeps far values apart", () => {
  const { five, outliers } = boxOf([1, 2, 3, 4, 5, 100]);
  expect(five[0]).toBe(1);
  expect(five[2]).toBe(3.5);
  expect(five[4]).toBe(5);
  expect(outliers).toEqual([100]);
});

test("a density has an area of about one, also of equal values", () => {
  const values = Array.from({ length: 500 }, (_, at) => Math.sin(at * 12.9898) * 3);
  const curve = densityOf(values);
  const step = (curve[1]?.at ?? 0) - (curve[0]?.at ?? 0);
  const area = curve.reduce((sum, { density }) => sum + density * step, 0);
  expect(area).toBeGreaterThan(0.8);
  expect(area).toBeLessThan(1.05);
  expect(densityOf([2, 2, 2])).toEqual([{ at: 2, density: 1 }]);
});

test("values are gathered in the order of names, without what is not finite", () => {
  const found = gathered([
    ["10", 1],
    ["9", 2],
    ["10", NaN],
    ["9", null],
    ["9", 4],
  ]);
  expect(found.groups).toEqual([
    { name: "9", values: [2, 4] },
    { name: "10", values: [1] },
  ]);
  expect(found.left).toBe(2);
});
