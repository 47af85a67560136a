import { expect, test } from "vitest";

import { readNotebook } from "./notebook";

test("cells with their texts, errors and pictures", () => {
  const cells = [
    { cell_type: "markdown", source: ["# A\n", "b"] },
    {
      cell_type: "code",
      source: "1/0",
      outputs: [
        { output_type: "stream", text: ["one\n", "two"] },
        { output_type: "error", traceback: ["\u001b[31mZeroDivisionError\u001b[0m", "no"] },
        { output_type: "display_data", data: { "image/png": "aGk=\n", "text/html": "<script>1</script>" } },
        { output_type: "execute_result", data: { "text/html": "<b>x</b>", "text/plain": "x" } },
      ],
    },
  ];
  expect(readNotebook(JSON.stringify({ cells }))).toEqual([
    { kind: "markdown", source: "# A\nb", outputs: [] },
    {
      kind: "code",
      source: "1/0",
      outputs: [
        { kind: "text", text: "one\ntwo" },
        { kind: "error", text: "ZeroDivisionError\nno" },
        { kind: "image", url: "data:image/png;base64,aGk=" },
        { kind: "text", text: "x" },
      ],
    },
  ]);
});

test("a picture that is none is none, and so is a notebook", () => {
  const cell = { cell_type: "code", source: [], outputs: [{ output_type: "display_data", data: { "image/png": '"><script>' } }] };
  expect(readNotebook(JSON.stringify({ cells: [cell] }))?.[0]?.outputs).toEqual([]);
  expect(readNotebook("{}")).toBeNull();
  expect(readNotebook("[")).toBeNull();
});
