/** Many things of a kind around one thing, shown as one until somebody unfolds them. */
import type { Edge, Node } from "@/api/types";

import { keyOf } from "./graph";

/** So many stand for themselves. */
const MOST_APART = 8;

export interface Fold {
  key: string;
  kind: Node["kind"];
  count: number;
}

export interface Folded {
  edges: Edge[];
  /** What is folded, by the key of the node that stands for it. */
  folds: Map<string, Fold>;
}

/** Return edges in which nodes that have one neighbour, are of one kind on one side of it, and are many, are one node. */
export function folded(edges: readonly Edge[], isKept: (node: Node) => boolean, unfolded: ReadonlySet<string>): Folded {
  const neighbours = new Map<string, Set<string>>();
  const note = (one: Node, other: Node) => {
    const known = neighbours.get(keyOf(one)) ?? new Set();
    neighbours.set(keyOf(one), known.add(keyOf(other)));
  };
  for (const { source, target } of edges) {
    note(source, target);
    note(target, source);
  }
  const isLeaf = (node: Node) => neighbours.get(keyOf(node))?.size === 1 && !isKept(node);
  const members = new Map<string, Set<string>>();
  const keyOfFold = (leaf: Node, around: Node, side: string) => `fold ${keyOf(around)} ${side} ${leaf.kind}`;
  const sides = (edge: Edge): [Node, Node, string][] => [
    [edge.source, edge.target, "up"],
    [edge.target, edge.source, "down"],
  ];
  for (const edge of edges) {
    for (const [leaf, around, side] of sides(edge)) {
      if (!isLeaf(leaf)) continue;
      const key = keyOfFold(leaf, around, side);
      members.set(key, (members.get(key) ?? new Set()).add(keyOf(leaf)));
    }
  }
  const folds = new Map<string, Fold>();
  const standIn = (leaf: Node, around: Node, side: string): Node => {
    const key = keyOfFold(leaf, around, side);
    const count = members.get(key)?.size ?? 0;
    if (!isLeaf(leaf) || count <= MOST_APART || unfolded.has(key)) return leaf;
    const node = { kind: leaf.kind, id: key };
    folds.set(keyOf(node), { key, kind: leaf.kind, count });
    return node;
  };
  const shown = edges.map((edge) => ({
    ...edge,
    source: standIn(edge.source, edge.target, "up"),
    target: standIn(edge.target, edge.source, "down"),
  }));
  return { edges: shown, folds };
}

/** Return the edges on the way to a thing (up), from it (down), or all. */
export function onSide(edges: readonly Edge[], root: Node, side: "both" | "up" | "down"): Edge[] {
  if (side === "both") return [...edges];
  const next = new Map<string, Edge[]>();
  for (const edge of edges) {
    const from = keyOf(side === "up" ? edge.target : edge.source);
    next.set(from, [...(next.get(from) ?? []), edge]);
  }
  const seen = new Set([keyOf(root)]);
  const found: Edge[] = [];
  for (const key of seen) {
    for (const edge of next.get(key) ?? []) {
      found.push(edge);
      seen.add(keyOf(side === "up" ? edge.source : edge.target));
    }
  }
  return found;
}
