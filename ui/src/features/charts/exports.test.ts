import { expect, test } from "vitest";

import { csvOfLines, svgOfLines } from "./exports";
import type { DrawnLine } from "./lines";

const line: DrawnLine = {
  id: "a",
  label: '<b>"x"&',
  colour: "#0072b2",
  xs: Float64Array.from([0, 1, 2]),
  ys: Float64Array.from([1, NaN, 3]),
  runIds: ["a"],
};
const view = { zoom: null, isLogX: false, isLogY: false, isClipped: false, y: [null, null] } as const;

test("each point is a row", () => {
  expect(csvOfLines([line], "loss", "step").split("\r\n").slice(0, 3)).toEqual([
    "run_id,name,step,loss,before_smoothing,band_lower,band_upper,n",
    'a,"<b>""x""&",0,1,,,,',
    'a,"<b>""x""&",1,NaN,,,,',
  ]);
});

test("the picture is whole, and names in it are only names", () => {
  const svg = svgOfLines([line], view, "<script>", "step", String);
  expect(svg).not.toContain("<script>");
  expect(svg).not.toContain("<b>");
  expect(svg.match(/M[\d.]+ [\d.]+/g)).toHaveLength(2);
  expect(svg).not.toContain("NaN");
});
