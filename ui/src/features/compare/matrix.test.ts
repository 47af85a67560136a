import { expect, test } from "vitest";

import type { Run } from "@/api/types";

import { linesOf, originLines } from "./matrix";

function run(lr: number, loss: number, commit: string): Run {
  return {
    info: { run_id: String(lr), run_name: "r" },
    params: { lr, same: "x" },
    metrics: { loss: [loss, 0, 0, loss, 0, 0, loss, loss, loss, 1, 0] },
    tags: { "mlflow.source.git.commit": commit, team: "a" },
    inputs: { dataset_inputs: [], model_inputs: [] },
    outputs: { model_outputs: [] },
  } as unknown as Run;
}

const RUNS = [run(0.1, 3, "c1"), run(0.01, 1, "c1"), run(0.001, 2, "c2")];

test("what differs is told from what is the same, and numbers are ordered", () => {
  const [lr, same] = linesOf(RUNS, "params");
  expect([lr?.isSame, same?.isSame]).toEqual([false, true]);
  const [loss] = linesOf(RUNS, "metrics");
  expect([loss?.least, loss?.greatest]).toEqual([1, 0]);
});

test("where runs come from is told in words", () => {
  const [commit] = originLines(RUNS);
  expect(commit?.field.key).toBe("Commit");
  expect(commit?.isSame).toBe(false);
  expect(linesOf(RUNS, "tags").map((line) => line.field.key)).toEqual(["team"]);
});
