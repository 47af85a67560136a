import { expect, test } from "vitest";

import { type Line, type View, indexNear, moved, nearest, shownOf } from "./chartData";

const line = (id: string, xs: number[], ys: number[]): Line => ({ id, label: id, colour: "#000000", xs: Float64Array.from(xs), ys: Float64Array.from(ys) });
const all: View = { zoom: null, isLogX: false, isLogY: false, isClipped: false, y: [null, null] };

test("all of it is shown, with room above and below", () => {
  const { x, y, outside } = shownOf([line("a", [0, 10], [1, 3])], all);
  expect(x).toEqual([0, 10]);
  expect(y[0]).toBeCloseTo(0.9);
  expect(y[1]).toBeCloseTo(3.1);
  expect(outside).toBe(0);
});

test("outliers are outside where that is asked for, and counted", () => {
  const ys = Array.from({ length: 1000 }, (_, at) => (at === 500 ? 1e6 : Math.sin(at)));
  const lines = [line("a", ys.map((_, at) => at), ys)];
  expect(shownOf(lines, all).y[1]).toBeGreaterThan(1e6);
  const clipped = shownOf(lines, { ...all, isClipped: true });
  expect(clipped.y[1]).toBeLessThan(2);
  expect(clipped.outside).toBe(1);
});

test("y by hand, also the wrong way round or none on a logarithmic axis", () => {
  const lines = [line("a", [0, 1], [1, 2])];
  expect(shownOf(lines, { ...all, y: [5, 0] }).y).toEqual([0, 5]);
  expect(shownOf(lines, { ...all, y: [0, 10], isLogY: true }).y[0]).toBeGreaterThan(0);
});

test("nothing that is a number leaves an axis to look at", () => {
  const { x, y } = shownOf([line("a", [], []), line("b", [NaN], [NaN])], all);
  expect(x[0]).toBeLessThan(x[1]);
  expect(y[0]).toBeLessThan(y[1]);
});

test("the nearest line comes first, at its nearest point", () => {
  const lines = [line("far", [0, 1, 2], [9, 9, 9]), line("near", [0, 1, 2], [1, 2, 3])];
  expect(nearest(lines, 1.2, 2.2, false, 2).map((hit) => [hit.line.id, hit.x, hit.y])).toEqual([
    ["near", 1, 2],
    ["far", 1, 9],
  ]);
  expect(indexNear(Float64Array.from([0, 10, 20]), 14)).toBe(1);
});

test("a range is moved and widened, by decades where it is logarithmic", () => {
  expect(moved([0, 10], 0.5, 1, false)).toEqual([5, 15]);
  expect(moved([0, 10], 0, 2, false)).toEqual([-5, 15]);
  const [from, to] = moved([1, 100], 0.5, 1, true);
  expect(from).toBeCloseTo(10);
  expect(to).toBeCloseTo(1000);
});
