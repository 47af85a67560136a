import { expect, test } from "vitest";

import { readChartSettings, settingsOf } from "./chartSettings";

test("settings come back as they were", () => {
  const settings = {
    x: "metric",
    xMetric: "epoch",
    logX: true,
    logY: true,
    smoothing: { kind: "ema", weight: 0.6 },
    band: "range",
    size: "l",
    zoom: [1, 2],
    clip: true,
    own: { loss: { logY: false, y: [0, null], height: 300, span: 2 } },
    order: ["b", "a"],
    without: ["c"],
  };
  expect(readChartSettings(settings)).toEqual(settings);
});

test("what makes no sense is left out", () => {
  const odd = { x: "metric", band: "all", size: 3, zoom: ["a"], own: [1], order: [2], y: [1], smoothing: { kind: "ema", weight: 2 }, clip: 1 };
  expect(readChartSettings(odd)).toEqual({});
  expect(readChartSettings({ zoom: [NaN, 1], own: { a: 3, b: { y: ["x", 1], height: 1e9, span: 1.5 } } })).toEqual({ own: { b: {} } });
});

test("a chart's own settings come before those of all", () => {
  const all = { logY: true, clip: true, own: { loss: { logY: false } } };
  expect(settingsOf(all, "loss")).toMatchObject({ logY: false, clip: true });
  expect(settingsOf(all, "accuracy")).toMatchObject({ logY: true });
});
