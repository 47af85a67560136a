import { expect, test } from "vitest";

import type { Series } from "@/api/series";
import type { Recorded } from "@/lib/fields";

import { groupLinesOf, linesOf, stepsWithin } from "./lines";

const series = (runId: string, steps: number[], values: number[], key = "loss"): Series => ({
  runId,
  key,
  steps: Float64Array.from(steps),
  timestamps: Float64Array.from(steps, (step) => 1000 + step * 10),
  values: Float64Array.from(values),
});
const run = (id: string, lr: number): Recorded => ({
  info: { run_id: id, run_name: `run ${id}`, start_time: 1000 } as Recorded["info"],
  params: { lr },
  metrics: {},
  tags: {},
});
const how = { x: "step", xSeries: new Map<string, Series>(), smoothing: { kind: "none" }, isDark: false } as const;

test("a run without points has no line", () => {
  expect(linesOf([series("a", [0, 1], [1, 2])], [run("a", 1), run("b", 1)], how).map((line) => line.label)).toEqual(["run a"]);
});

test("x is the time since the start, in seconds", () => {
  const [line] = linesOf([series("a", [0, 100], [1, 2])], [run("a", 1)], { ...how, x: "relative" });
  expect([...(line?.xs ?? [])]).toEqual([0, 1]);
});

test("x is another metric, between its points as well, and rises", () => {
  const xSeries = new Map([["a", series("a", [0, 10], [4, 2], "epoch")]]);
  const [line] = linesOf([series("a", [0, 5, 10, 20], [1, 2, 3, 4])], [run("a", 1)], { ...how, x: "metric", xSeries });
  expect([...(line?.xs ?? [])]).toEqual([2, 3, 4]);
  expect([...(line?.ys ?? [])]).toEqual([3, 2, 1]);
});

test("runs that agree are one line with a band", () => {
  const all = [series("a", [0, 1], [1, 3]), series("b", [0, 1], [3, 5]), series("c", [0], [9])];
  const lines = groupLinesOf(all, [run("a", 0.1), run("b", 0.1), run("c", 0.2)], ["params.lr"], "range", how);
  expect(lines.map((line) => [line.label, line.runIds, [...line.ys]])).toEqual([
    ["lr 0.1", ["a", "b"], [2, 4]],
    ["lr 0.2", ["c"], [9]],
  ]);
  expect([...(lines[0]?.band?.[1] ?? [])]).toEqual([3, 5]);
});

test("what is zoomed to is read between the steps that lie there", () => {
  const all = [series("a", [0, 10, 20, 30], [1, 1, 1, 1]), series("b", [5, 25], [1, 1])];
  const lines = linesOf(all, [run("a", 1), run("b", 1)], { ...how, x: "relative" });
  expect(stepsWithin(all, lines, [0.1, 0.2])).toEqual([0, 30]);
  expect(stepsWithin(all, lines, [7, 8])).toBeUndefined();
});
