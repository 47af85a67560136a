import { expect, test } from "vitest";

import { movedBefore, shownKeys, withSection } from "./order";

test("those put in an order come first, those left out do not come", () => {
  expect(shownKeys(["a", "b", "c", "d"], { order: ["c", "a"], without: ["d"] })).toEqual(["c", "a", "b"]);
});

test("a chart is put before another, or at the end", () => {
  expect(movedBefore(["a", "b", "c"], "c", "a")).toEqual(["c", "a", "b"]);
  expect(movedBefore(["a", "b", "c"], "a", null)).toEqual(["b", "c", "a"]);
  expect(movedBefore(["a", "b"], "a", "x")).toEqual(["a", "b"]);
  expect(withSection(["x", "b", "a"], ["a", "b"])).toEqual(["x", "a", "b"]);
});
