import { expect, test } from "vitest";

import { canvasColourOf, canvasColoursOf } from "./colour";

test("groups have colours of their own as long as there are enough", () => {
  const names = Array.from({ length: 12 }, (_, at) => `group ${at}`);
  const colours = canvasColoursOf(names, false);
  expect(new Set(colours.values()).size).toBe(12);
  expect(colours.get("group 0")).toBe(canvasColourOf("group 0", false));
  expect(canvasColoursOf([...names, "a", "b"], true).size).toBe(14);
});
