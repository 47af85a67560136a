/** The part of the lineage that was looked at so far, laid out in layers from what was made from to what was made. */
import type { Edge, Node } from "@/api/types";

export const keyOf = (node: Node): string => `${node.kind} ${node.id}`;

export interface Placed {
  node: Node;
  key: string;
  layer: number;
  row: number;
}

export interface Graph {
  nodes: readonly Placed[];
  edges: readonly Edge[];
}

/** Return edges once each, and their nodes in layers: every node right of what it was made from, as far as that can be. */
export function laidOut(root: Node, edges: readonly Edge[]): Graph {
  const unique = [...new Map(edges.map((edge) => [`${keyOf(edge.source)}>${keyOf(edge.target)}>${edge.relation}`, edge])).values()];
  const nodes = new Map<string, Node>([[keyOf(root), root]]);
  for (const { source, target } of unique) {
    nodes.set(keyOf(source), source);
    nodes.set(keyOf(target), target);
  }
  const layers = new Map([...nodes.keys()].map((key) => [key, 0]));
  // As often as there are nodes at most, so that a circle, which content addressing should not allow, ends.
  for (let pass = 0; pass < nodes.size; pass++) {
    let isMoved = false;
    for (const { source, target } of unique) {
      const least = (layers.get(keyOf(source)) ?? 0) + 1;
      if ((layers.get(keyOf(target)) ?? 0) < least && least < nodes.size) {
        layers.set(keyOf(target), least);
        isMoved = true;
      }
    }
    if (!isMoved) break;
  }
  const rows = new Map<number, number>();
  const placed = [...nodes].map(([key, node]): Placed => {
    const layer = layers.get(key) ?? 0;
    const row = rows.get(layer) ?? 0;
    rows.set(layer, row + 1);
    return { node, key, layer, row };
  });
  return { nodes: placed, edges: unique };
}
