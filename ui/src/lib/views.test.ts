import { expect, test } from "vitest";

import { changeTo, viewTag, viewText, viewsOf } from "./views";

test("a view comes back as it was, in the order of names", () => {
  const workspace = { filter: "metrics.loss < 1", group: ["params.lr"], logY: true };
  const tags = { [viewTag("b")]: viewText(workspace), [viewTag("a")]: "{}", other: "x" };
  expect(viewsOf(tags)).toEqual([
    { name: "a", workspace: {} },
    { name: "b", workspace },
  ]);
});

test("what is no view is none", () => {
  expect(viewsOf({ [viewTag("x")]: "{", [viewTag("y")]: "[1]", [viewTag("z")]: '{"filter": 3}' })).toEqual([{ name: "z", workspace: {} }]);
});

test("going to a view leaves nothing of what was there", () => {
  expect(changeTo({ filter: "a" }, { group: ["x"], filter: "b" })).toEqual({ filter: "a", group: undefined });
});
