/** Which runs are compared, as it stands in the address. */
import { type ChartSettings, readChartSettings } from "./chartSettings";

export interface Comparison extends ChartSettings {
  runs?: string[] | undefined;
  /** Show what is the same in all of them, too. */
  all?: boolean | undefined;
}

export function readComparison(search: Record<string, unknown>): Comparison {
  const { runs, all } = search;
  const ids = Array.isArray(runs) ? runs.filter((one) => typeof one === "string") : [];
  return { ...readChartSettings(search), ...(ids.length > 0 ? { runs: ids } : {}), ...(all === true ? { all } : {}) };
}
