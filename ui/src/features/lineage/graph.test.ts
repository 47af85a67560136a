import { expect, test } from "vitest";

import type { Edge, Node } from "@/api/types";

import { laidOut } from "./graph";

const node = (kind: Node["kind"], id: string): Node => ({ kind, id });
const edge = (source: Node, target: Node): Edge => ({ source, target, relation: "input", label: "", run_id: "", created_ms: 0 });
const [data, run, model] = [node("dataset", "d"), node("run", "r"), node("model", "m")];

test("each thing stands right of what it was made from", () => {
  const { nodes } = laidOut(run, [edge(run, model), edge(data, run), edge(data, run)]);
  expect(Object.fromEntries(nodes.map((one) => [one.node.id, one.layer]))).toEqual({ d: 0, r: 1, m: 2 });
});

test("an edge is drawn once, and a circle ends", () => {
  const { edges, nodes } = laidOut(run, [edge(data, run), edge(data, run), edge(run, data)]);
  expect([edges.length, nodes.length]).toEqual([2, 2]);
});

test("a thing alone is a graph", () => {
  expect(laidOut(run, []).nodes).toHaveLength(1);
});
