import { expect, test } from "vitest";

import { readExtraPanels } from "./extraPanels";

test("panels come back as they were", () => {
  const panels = [
    { id: "a", kind: "spread", shape: "violin", y: "metrics.loss", by: "params.lr", size: "l", title: "T" },
    { id: "b", kind: "scatter", x: "params.lr", y: "metrics.loss", logX: true },
    { id: "c", kind: "parallel", axes: ["params.lr"], brushes: { "params.lr": [0, 1], "params.opt": ["adam"] } },
    { id: "d", kind: "markdown", text: "# hello" },
  ];
  expect(readExtraPanels(panels)).toEqual(panels);
});

test("what makes no sense is left out", () => {
  expect(readExtraPanels("no")).toEqual([]);
  expect(readExtraPanels([null, 3, {}, { id: "a", kind: "unknown" }, { kind: "markdown" }])).toEqual([]);
  expect(readExtraPanels([{ id: "a", kind: "media", media: "virus", path: "x" }])).toEqual([]);
});

test("an id is there once, and a wrong part is as if it were not there", () => {
  const found = readExtraPanels([
    { id: "a", kind: "parallel", axes: ["x", 3, "x"], brushes: { x: [1, null], y: "no" }, size: "xxl" },
    { id: "a", kind: "markdown", text: "" },
  ]);
  expect(found).toEqual([{ id: "a", kind: "parallel", axes: ["x"] }]);
});
