import { expect, test } from "vitest";

import { fieldOf } from "@/lib/fields";
import type { RunRow } from "@/lib/useRunRows";

import { grouped, summaryOf } from "./groups";

function run(id: string, lr: number, seed: number, loss: number): RunRow {
  const info = { run_id: id, run_name: id, experiment_id: "1", start_time: 0, end_time: 1 } as RunRow["info"];
  return { info, params: { lr, seed }, metrics: { loss: [loss, 0, 0, loss, 0, 0, loss, loss, loss, 1, 0] }, tags: {} };
}

const RUNS = [run("a", 0.1, 0, 1), run("b", 0.01, 0, 5), run("c", 0.1, 1, 3), run("d", 0.01, 1, 5)];

test("runs that agree are one row, and unfold to themselves", () => {
  const rows = grouped(RUNS, ["params.lr"], new Set(["[0.1]"]));
  expect(rows.map((row) => (row.kind === "group" ? `${row.label}: ${row.runs.length}` : row.run.info.run_id))).toEqual([
    "lr 0.1: 2",
    "a",
    "c",
    "lr 0.01: 2",
  ]);
});

test("numbers are a mean with an interval, what is the same is itself, the rest is counted", () => {
  const [group] = grouped(RUNS, ["params.lr"], new Set());
  if (group?.kind !== "group") throw new Error("no group");
  expect(summaryOf(group.runs, fieldOf("metrics.loss")).text).toBe("2 ± 13");
  expect(summaryOf(group.runs, fieldOf("params.lr")).text).toBe("0.1");
  expect(summaryOf(group.runs, fieldOf("run_name")).text).toBe("2 values");
});

test("a run without the key is in a group of its own", () => {
  expect(grouped(RUNS, ["tags.team"], new Set())).toHaveLength(1);
});
