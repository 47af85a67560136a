/** The thing whose lineage is looked at, as it stands in the address. */
import type { Node } from "@/api/types";

export interface NodePlace {
  kind?: Node["kind"] | undefined;
  id?: string | undefined;
}

const KINDS: readonly Node["kind"][] = ["blob", "code", "dataset", "model", "model_version", "run"];

export function readNode(search: Record<string, unknown>): NodePlace {
  const kind = KINDS.find((one) => one === search["kind"]);
  const { id } = search;
  return kind !== undefined && typeof id === "string" ? { kind, id } : {};
}
