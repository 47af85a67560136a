import { describe, expect, test } from "vitest";

import { atStep, isOfKind, listedFolder, ofSeries, seriesOf, stepOf } from "./steppedPaths";

const image = (step: string) => `images/val/samples/${step}_1718000000000_3fa9c1d2.png`;

describe("artifacts under a key", () => {
  test("are one series", () => {
    expect(seriesOf(image("0000000012"))).toBe("images/val/samples/*.png");
    expect(listedFolder("images/val/samples/*.png")).toBe("images/val/samples");
  });

  test("have the step of their name, negative and huge ones too", () => {
    expect(stepOf(image("0000000012"))).toBe(12);
    expect(stepOf(image("x0000000012345678901"))).toBe(12345678901);
    expect(stepOf(image("-9223372036854775807"))).toBeLessThanOrEqual(0);
  });
});

test("numbered files are a series, others stand for themselves", () => {
  expect(seriesOf("out/epoch-003.mp4")).toBe("out/epoch-*.mp4");
  expect(stepOf("out/epoch-003.mp4")).toBe(3);
  expect(seriesOf("roc.png")).toBe("roc.png");
  expect(stepOf("roc.png")).toBe(0);
});

test("a series is in the order of its steps", () => {
  const found = ofSeries("a/e*.png", ["a/e10.png", "a/e9.png", "a/other.png", "a/e1.jpg"]);
  expect(found).toEqual([
    { path: "a/e9.png", step: 9 },
    { path: "a/e10.png", step: 10 },
  ]);
  expect(atStep(found, 9.5)?.path).toBe("a/e9.png");
  expect(atStep(found, 1)?.path).toBe("a/e9.png");
  expect(atStep(ofSeries("x", []), 1)).toBeUndefined();
});

test("kinds go by names and places", () => {
  expect(isOfKind(image("0000000012"), "image")).toBe(true);
  expect(isOfKind("histograms/w/0000000012_1718000000000_3fa9c1d2.json", "histogram")).toBe(true);
  expect(isOfKind("histograms/w/0000000012_1718000000000_3fa9c1d2.json", "table")).toBe(false);
  expect(isOfKind("model.pkl", "image")).toBe(false);
});
