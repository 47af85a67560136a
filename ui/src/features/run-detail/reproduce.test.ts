import { expect, test } from "vitest";

import type { Run } from "@/api/types";

import { recipeOf } from "./reproduce";

const run = (tags: Record<string, string>) => ({ info: { run_id: "abc" }, tags }) as unknown as Run;

test("a run with everything recorded is made again step by step", () => {
  const paths = new Set(["runstone/code/diff.patch", "runstone/environment/requirements.txt"]);
  const { steps, missing } = recipeOf(run({ "mlflow.source.git.commit": "c0ffee", "runstone.command": "python train.py" }), paths, "http://h");
  expect(steps.map((step) => step.command.split(" ").slice(0, 2).join(" "))).toEqual([
    "export RUNSTONE_TRACKING_URI=http://h",
    "git checkout",
    "runstone artifacts",
    "runstone artifacts",
    "python train.py",
  ]);
  expect(missing).toEqual([]);
});

test("what was not recorded is said, and a commit that is none runs nothing", () => {
  const { steps, missing } = recipeOf(run({ "mlflow.source.git.commit": "$(rm -rf ~)" }), new Set(), "http://h");
  expect(steps[1]?.command).toBe("git checkout '$(rm -rf ~)'");
  expect(missing).toEqual(["no list of packages", "no command line"]);
});
