import { expect, test } from "vitest";

import { windowsAround } from "./windows";

test("what is seen is read with a window to each side", () => {
  expect(windowsAround(0, 30, 100_000, 200)).toEqual([0, 1]);
  expect(windowsAround(50_000, 50_030, 100_000, 200)).toEqual([249, 250, 251]);
  expect(windowsAround(99_990, 99_999, 100_000, 200)).toEqual([498, 499]);
});

test("a short list is one window, and an empty one none", () => {
  expect(windowsAround(0, 5, 6, 200)).toEqual([0]);
  expect(windowsAround(0, 0, 0, 200)).toEqual([]);
});
