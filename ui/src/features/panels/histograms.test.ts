import { expect, test } from "vitest";

import { rangeOf, readHistogram, rebinned, thinned } from "./histograms";

test("a histogram is read as it was logged, with what was not finite", () => {
  const text = '{"_type":"histogram","bins":[0,1,2],"counts":[3,1],"nan":2,"inf":1,"neg_inf":0}';
  expect(readHistogram(text)).toEqual({ edges: [0, 1, 2], counts: [3, 1], missing: 3 });
});

test("what is none is none", () => {
  for (const text of ["{", "null", "[]", '{"bins":[0,1],"counts":[1,2]}', '{"bins":[],"counts":[]}']) expect(readHistogram(text)).toBeNull();
});

test("no value is lost or made in other bins", () => {
  const shares = rebinned({ edges: [0, 1, 2, 4], counts: [1, 2, 1], missing: 0 }, [0, 4], 7);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
  expect([...rebinned({ edges: [0, 1], counts: [4], missing: 0 }, [0, 2], 4)]).toEqual([0.5, 0.5, 0, 0]);
});

test("the range is that of bins with something in them", () => {
  expect(rangeOf([{ edges: [-9, 0, 1, 9], counts: [0, 5, 0], missing: 0 }])).toEqual([0, 1]);
  expect(rangeOf([])).toEqual([0, 1]);
});

test("first and last stay", () => expect(thinned([1, 2, 3, 4, 5, 6, 7], 3)).toEqual([1, 4, 7]));
