/** The place on the page of a run, as it stands in the address. */
import { type ChartSettings, readChartSettings } from "./chartSettings";

export const RUN_TABS = ["overview", "charts", "system", "console", "artifacts"] as const;

export type RunTab = (typeof RUN_TABS)[number];

export interface RunPlace extends ChartSettings {
  tab?: RunTab | undefined;
  /** The artifact that is looked at. */
  path?: string | undefined;
}

export function readRunTab(search: Record<string, unknown>): RunPlace {
  const tab = RUN_TABS.find((one) => one === search["tab"]);
  const path = search["path"];
  return { ...readChartSettings(search), ...(tab === undefined ? {} : { tab }), ...(typeof path === "string" ? { path } : {}) };
}
