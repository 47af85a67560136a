/** Which runs are compared, as it stands in the address. */
import { type ChartSettings, readChartSettings } from "./chartSettings";
import { type ExtraPanel, readExtraPanels } from "./extraPanels";

export interface Comparison extends ChartSettings {
  runs?: string[] | undefined;
  /** Panels that somebody added. */
  extra?: ExtraPanel[] | undefined;
  /** Show what is the same in all of them, too. */
  all?: boolean | undefined;
}

export function readComparison(search: Record<string, unknown>): Comparison {
  const { runs, all } = search;
  const ids = Array.isArray(runs) ? runs.filter((one) => typeof one === "string") : [];
  const extra = readExtraPanels(search["extra"]);
  return { ...(extra.length > 0 ? { extra } : {}), ...readChartSettings(search), ...(ids.length > 0 ? { runs: ids } : {}), ...(all === true ? { all } : {}) };
}
