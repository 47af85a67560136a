import { expect, test } from "vitest";

import { readTable } from "./tables";

test("pandas' split layout, rows of objects, and CSV are tables", () => {
  const table = { columns: ["a", "b"], rows: [[1, "x"]], count: 1 };
  expect(readTable('{"columns": ["a", "b"], "data": [[1, "x"]]}', "t.json")).toEqual(table);
  expect(readTable('[{"a": 1, "b": "x"}]', "t.json")).toEqual(table);
  expect(readTable('a,b\r\n1,"x, ""y""\nz"\r\n', "t.csv")).toEqual({ columns: ["a", "b"], rows: [["1", 'x, "y"\nz']], count: 1 });
});

test("what is no table is none", () => {
  expect(readTable("{", "t.json")).toBeNull();
  expect(readTable('{"a": 1}', "t.json")).toBeNull();
  expect(readTable("", "t.csv")).toBeNull();
});

test("of a long table the beginning is shown", () => {
  const found = readTable(JSON.stringify({ columns: ["a"], data: Array.from({ length: 1000 }, (_, at) => [at]) }), "t.json");
  expect(found?.rows).toHaveLength(200);
  expect(found?.count).toBe(1000);
});
