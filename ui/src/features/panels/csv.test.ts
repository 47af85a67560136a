import { expect, test } from "vitest";

import { csvOf } from "./csv";

test("cells are quoted where they must be", () => {
  expect(csvOf(["run", "x"], [["a,b", 1], ['say "hi"', NaN], ["two\nlines", null]])).toBe(
    'run,x\r\n"a,b",1\r\n"say ""hi""",NaN\r\n"two\nlines",\r\n',
  );
});

test("no text is a formula", () => {
  expect(csvOf(["x"], [["=cmd()"], ["-2"], [-2]])).toBe("x\r\n'=cmd()\r\n'-2\r\n-2\r\n");
});
