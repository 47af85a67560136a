/** The thing whose lineage is looked at, as it stands in the address. */

export interface NodePlace {
  kind?: string | undefined;
  id?: string | undefined;
}

export function readNode(search: Record<string, unknown>): NodePlace {
  const { kind, id } = search;
  return typeof kind === "string" && typeof id === "string" ? { kind, id } : {};
}
