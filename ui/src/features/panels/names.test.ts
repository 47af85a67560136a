import { expect, test } from "vitest";

import { short } from "./names";

test("a name is a short line", () => {
  expect(short("one\ntwo")).toBe("one two");
  expect(short("x".repeat(10_000))).toHaveLength(32);
  expect(short("plain")).toBe("plain");
});

test("a name cannot style itself, nor turn what follows it", () => {
  expect(short("{a|b}")).toBe("a b");
  expect(short("\u202egnp.exe").startsWith("\u2068")).toBe(true);
});
