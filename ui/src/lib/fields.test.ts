import { expect, test } from "vitest";

import { fieldOf, quoted, titleOf } from "./fields";

test("a field is named as the filter language names it", () => {
  expect(quoted(fieldOf("start_time"))).toBe("start_time");
  expect(quoted(fieldOf("metrics.val/loss"))).toBe("metrics.`val/loss`");
  expect(quoted(fieldOf("metrics.loss|min"))).toBe("metrics.`loss`.min");
  expect(quoted(fieldOf("params.a`b"))).toBe("params.`a``b`");
});

test("a column is headed by its key", () => {
  expect(titleOf(fieldOf("start_time"))).toBe("Started");
  expect(titleOf(fieldOf("metrics.loss.min"))).toBe("loss.min");
  expect(titleOf(fieldOf("metrics.loss|max"))).toBe("loss (max)");
});
