/** The place on the page of a run, as it stands in the address. */

export const RUN_TABS = ["overview", "charts", "system", "console", "artifacts"] as const;

export type RunTab = (typeof RUN_TABS)[number];

export interface RunPlace {
  tab?: RunTab;
  /** The artifact that is looked at. */
  path?: string;
}

export function readRunTab(search: Record<string, unknown>): RunPlace {
  const tab = RUN_TABS.find((one) => one === search["tab"]);
  const path = search["path"];
  return { ...(tab === undefined ? {} : { tab }), ...(typeof path === "string" ? { path } : {}) };
}
