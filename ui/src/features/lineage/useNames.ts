import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { datasetsQuery, experimentsQuery } from "@/api/queries";
import { rowsQuery } from "@/api/runRows";
import type { Edge, Node } from "@/api/types";
import { shortId } from "@/lib/format";

import { keyOf } from "./graph";

const AT_ONCE = 500;
const NO_KEYS = { params: [], metrics: [], tags: [] };

/** What things are called, as far as that is known. */
export function useNames(edges: readonly Edge[], root: Node): (node: Node) => string {
  const runIds = useMemo(() => {
    const nodes = [root, ...edges.flatMap(({ source, target }) => [source, target])];
    return [...new Set(nodes.filter(({ kind }) => kind === "run").map(({ id }) => id))].sort();
  }, [edges, root]);
  const batches = Array.from({ length: Math.ceil(runIds.length / AT_ONCE) }, (_, at) => runIds.slice(at * AT_ONCE, (at + 1) * AT_ONCE));
  const runs = useQueries({
    queries: batches.map((batch) => rowsQuery(batch, NO_KEYS)),
    combine: (answers) => answers.flatMap(({ data }) => data ?? []),
  });
  const { data: experiments } = useQuery(experimentsQuery);
  const { data: datasets } = useQuery(datasetsQuery((experiments ?? []).map((one) => one.experiment_id)));
  return useMemo(() => {
    const names = new Map<string, string>();
    for (const { label, relation, source, target } of edges) {
      if (label === "") continue;
      for (const node of [source, target]) {
        if (node.kind === "blob" || (node.kind === "model" && relation !== "registered")) names.set(keyOf(node), label);
      }
    }
    for (const { info } of runs) names.set(keyOf({ kind: "run", id: info.run_id }), info.run_name);
    for (const { digest, name } of datasets ?? []) names.set(keyOf({ kind: "dataset", id: digest }), name);
    return (node) => names.get(keyOf(node)) ?? (node.kind === "run" || node.kind === "model" ? shortId(node.id) : node.id);
  }, [edges, runs, datasets]);
}
