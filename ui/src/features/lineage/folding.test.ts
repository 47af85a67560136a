import { expect, test } from "vitest";

import type { Edge, Node } from "@/api/types";

import { folded, onSide } from "./folding";

const node = (kind: Node["kind"], id: string): Node => ({ kind, id });
const edge = (source: Node, target: Node): Edge => ({ source, target, relation: "input", label: "", run_id: "", created_ms: 0 });
const data = node("dataset", "d");
const runs = Array.from({ length: 30 }, (_, at) => node("run", `r${at}`));
const uses = runs.map((run) => edge(data, run));

test("many runs of one dataset are one, until they are unfolded", () => {
  const { edges, folds } = folded(uses, () => false, new Set());
  expect(new Set(edges.map(({ target }) => target.id)).size).toBe(1);
  const [fold] = [...folds.values()];
  expect(fold).toMatchObject({ kind: "run", count: 30 });
  expect(folded(uses, () => false, new Set([fold?.key ?? ""])).folds.size).toBe(0);
});

test("few stand for themselves, and so does what was opened or has other neighbours", () => {
  expect(folded(uses.slice(0, 8), () => false, new Set()).folds.size).toBe(0);
  const more = [...uses, edge(node("run", "r0"), node("model", "m"))];
  const { edges } = folded(more, (one) => one.id === "r1", new Set());
  const targets = new Set(edges.map(({ target }) => target.id));
  expect(targets.has("r0")).toBe(true);
  expect(targets.has("r1")).toBe(true);
  expect(targets.has("r2")).toBe(false);
});

test("only what it was made from, or only what was made of it", () => {
  const [run, model] = [node("run", "r"), node("model", "m")];
  const all = [edge(data, run), edge(run, model), edge(data, node("run", "other"))];
  expect(onSide(all, run, "up")).toEqual([all[0]]);
  expect(onSide(all, run, "down")).toEqual([all[1]]);
  expect(onSide(all, run, "both")).toHaveLength(3);
  expect(onSide([edge(run, model), edge(model, run)], run, "down")).toHaveLength(2);
});
