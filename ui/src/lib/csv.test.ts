import { expect, test } from "vitest";

import { toCsv } from "./csv";

test("cells with commas, quotes and lines are quoted", () => {
  expect(toCsv([["a", "b,c", 'd"e', "f\ng"]])).toBe('a,"b,c","d""e","f\ng"\r\n');
});

test("what a spreadsheet would run is a text, and numbers stay numbers", () => {
  expect(toCsv([["=1+1", "@x", "-cmd", "-1.5", "+2"]])).toBe("'=1+1,'@x,'-cmd,-1.5,+2\r\n");
});

test("numbers stand as they are, and what is not there is empty", () => {
  expect(toCsv([["run", -2, NaN, null, undefined, { a: 1 }]])).toBe('run,-2,NaN,,,"{""a"":1}"\r\n');
});
