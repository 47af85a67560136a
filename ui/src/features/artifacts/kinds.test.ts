import { expect, test } from "vitest";

import { kindOf, rowsOf } from "./kinds";

test("a file is shown by the ending of its name", () => {
  expect(["a/b.PNG", "x.svg", "MLmodel", "model.pkl", "noending"].map(kindOf)).toEqual(["image", "page", "text", "other", "other"]);
});

test("rows are read with their quotes and lines", () => {
  expect(rowsOf('a,b\r\n"x, ""y""",2\n"two\nlines",3', ",", 10)).toEqual([
    ["a", "b"],
    ['x, "y"', "2"],
    ["two\nlines", "3"],
  ]);
  expect(rowsOf("a\tb\nc\td\n", "\t", 1)).toEqual([["a", "b"]]);
});
