import { expect, test } from "vitest";

import { canvasColourOf, canvasColoursOf, colourOf, tellApart } from "./colour";

test("groups have colours of their own as long as there are enough", () => {
  const names = Array.from({ length: 12 }, (_, at) => `group ${at}`);
  const colours = canvasColoursOf(names, false);
  expect(new Set(colours.values()).size).toBe(12);
  expect(colours.get("group 0")).toBe(canvasColourOf("group 0", false));
  expect(canvasColoursOf([...names, "a", "b"], true).size).toBe(14);
});

test("runs shown together have colours of their own, and keep them", () => {
  const ids = Array.from({ length: 12 }, (_, at) => `01a2-${at}`);
  const before = colourOf("01a2-0");
  tellApart(ids.slice(0, 5));
  const first = ids.slice(0, 5).map((id) => colourOf(id));
  expect(new Set(first).size).toBe(5);
  expect(first[0]).toBe(before);
  tellApart([...ids].reverse());
  expect(ids.slice(0, 5).map((id) => colourOf(id))).toEqual(first);
  expect(new Set(ids.map((id) => colourOf(id))).size).toBe(12);
  tellApart(Array.from({ length: 100 }, (_, at) => `many-${at}`));
});
