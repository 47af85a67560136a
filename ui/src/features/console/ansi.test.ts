import { expect, test } from "vitest";

import { linesOf, plainText, spansOf } from "./ansi";

test("colours are read, other sequences are left out", () => {
  expect(spansOf("a\u001b[1;31mred\u001b[0m b\u001b[2K\u001b]0;title\u0007c")).toEqual([
    { text: "a", colour: null, isBold: false, isDim: false },
    { text: "red", colour: "red", isBold: true, isDim: false },
    { text: " b", colour: null, isBold: false, isDim: false },
    { text: "c", colour: null, isBold: false, isDim: false },
  ]);
  expect(plainText("\u001b[38;5;200mx\u001b[0m")).toBe("x");
  expect(spansOf("\u001b[38;2;1;2;3;1mbold")).toEqual([{ text: "bold", colour: null, isBold: true, isDim: false }]);
});

const piece = (text: string, stream: "stdout" | "stderr" = "stdout") => ({ stream, text, timestampMs: 1 });

test("pieces are lines, of each stream its own", () => {
  const lines = linesOf([piece("one\ntw"), piece("oops\n", "stderr"), piece("o\n\nlast")]);
  expect(lines.map((line) => line.text)).toEqual(["one", "two", "oops", "", "last"]);
  expect(lines[2]?.stream).toBe("stderr");
});

test("a bar of progress is its last state", () => {
  expect(linesOf([piece("10%\r20%\r"), piece("30%\r"), piece("100%\n")]).map((line) => line.text)).toEqual(["100%"]);
});

test("markup is text", () => {
  expect(spansOf("<script>")[0]?.text).toBe("<script>");
});
