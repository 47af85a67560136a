import { expect, test } from "vitest";

import { EXAMPLE_SPEC, fieldsIn, readSpec } from "./vegaSpec";

test("the specification to begin with is one, and speaks of its metric", () => {
  const text = EXAMPLE_SPEC("metrics.val/loss");
  expect(readSpec(text)).not.toBeInstanceOf(Error);
  expect(fieldsIn(text, ["metrics.val/loss", "metrics.other"])).toEqual(["metrics.val/loss"]);
});

test("what is no specification says why", () => {
  expect(readSpec("{")).toBeInstanceOf(Error);
  expect(readSpec("[1]")).toBeInstanceOf(Error);
});

test("data from elsewhere are refused, however deep", () => {
  expect(readSpec('{"data": {"url": "https://example.org/x.csv"}}')).toBeInstanceOf(Error);
  expect(readSpec('{"layer": [{"transform": [{"lookup": "a", "from": {"data": {"url": "/x"}}}]}]}')).toBeInstanceOf(Error);
  expect(readSpec('{"encoding": {"href": {"field": "data"}}}')).not.toBeInstanceOf(Error);
});
