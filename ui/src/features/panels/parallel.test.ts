import { describe, expect, test } from "vitest";

import type { RunRow } from "@/lib/useRunRows";

import { axisFor, brushOf, extentOf, filterOf, isWithin, placeOf } from "./parallel";

const row = (params: RunRow["params"]): RunRow => ({
  info: {
    run_id: "r",
    run_name: "run",
    experiment_id: "1",
    user_id: "",
    status: "FINISHED",
    status_reason: null,
    start_time: 0,
    end_time: 1,
    parent_run_id: null,
    artifact_uri: "",
    lifecycle_stage: "active",
  } as unknown as RunRow["info"],
  params,
  metrics: {},
  tags: {},
});
const rows = [row({ lr: 0.001, opt: "adam" }), row({ lr: 0.1, opt: "it's" }), row({ lr: "NaN" })];

describe("axes", () => {
  test("of numbers are straight or logarithmic, and NaN stands nowhere", () => {
    const log = axisFor("params.lr", rows, true);
    expect(rows.map((one) => placeOf(log, one))).toEqual([0, 1, null]);
    expect(placeOf(log, row({ lr: 0.01 }))).toBeCloseTo(0.5);
    expect(placeOf(axisFor("params.lr", rows, false), row({ lr: 0.0505 }))).toBeCloseTo(0.5);
  });

  test("of texts stand one above the other, those without one too", () => {
    const axis = axisFor("params.opt", rows, false);
    expect(axis).toMatchObject({ kind: "kinds", names: ["(none)", "adam", "it's"] });
    expect(rows.map((one) => placeOf(axis, one))).toEqual([0.5, 0, 1]);
  });

  test("of one value stand in the middle", () => expect(placeOf(axisFor("params.x", [row({ x: 3 })], false), row({ x: 3 }))).toBe(0.5));
});

describe("brushes", () => {
  test("keep what lies in them", () => {
    const axis = axisFor("params.lr", rows, true);
    const brush = brushOf(axis, 0.4, 1.2) ?? [];
    expect(rows.map((one) => isWithin(one, "params.lr", brush))).toEqual([false, true, false]);
    expect(extentOf(axis, brush)?.[1]).toBeCloseTo(1);
    const kinds = axisFor("params.opt", rows, false);
    expect(brushOf(kinds, 0.4, 0.6)).toEqual(["adam"]);
    expect(brushOf(kinds, 0.6, 0.9)).toBeNull();
  });

  test("end at short numbers, and lose nothing at the ends of an axis", () => {
    const some = [0.00613123, 0.4959089586415403, 0.2].map((x) => row({ x }));
    const [low, high] = brushOf(axisFor("params.x", some, false), 0, 1) ?? [];
    expect([low, high]).toEqual([0.0061, 0.496]);
    const one = [row({ x: 3 })];
    expect(isWithin(row({ x: 3 }), "params.x", brushOf(axisFor("params.x", one, false), 0.4, 0.6) ?? [])).toBe(true);
  });

  test("become a filter of the table", () => {
    expect(filterOf({ "params.lr": [0.01, 1], "params.opt": ["it's", "(none)"] }, rows, "status = 'FINISHED'")).toBe(
      "(status = 'FINISHED') AND params.`lr` BETWEEN 0.01 AND 1 AND (params.`opt` = 'it''s' OR params.`opt` IS NULL)",
    );
    expect(filterOf({}, rows, "x")).toBe("x");
  });
});
