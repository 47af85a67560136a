import { expect, test } from "vitest";

import { logTicks, roundTicks } from "./ticks";

test("ticks are round and within", () => {
  expect(roundTicks(0, 1)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(roundTicks(0.747, 0.934)).toEqual([0.75, 0.8, 0.85, 0.9]);
  expect(roundTicks(3, 3)).toEqual([3]);
  expect(roundTicks(-1e300, 1e300).length).toBeLessThan(51);
});

test("logarithmic ticks are powers of ten", () => {
  expect(logTicks(0.0001, 0.1)).toEqual([0.0001, 0.001, 0.01, 0.1]);
  expect(logTicks(2, 8)).toHaveLength(5);
  expect(logTicks(1e-200, 1e200).length).toBeLessThan(15);
});
