/** What a workspace shows, as it stands in the address: nothing else holds it. */
import { type ChartSettings, readChartSettings } from "./chartSettings";
import { type ExtraPanel, readExtraPanels } from "./extraPanels";

export interface Workspace extends ChartSettings {
  filter?: string | undefined;
  /** `metrics.loss` or `start_time`; falling with a `-` before it. */
  sort?: string | undefined;
  /** Columns in their order, where it is not the one chosen by itself. */
  columns?: string[] | undefined;
  pinned?: string[] | undefined;
  widths?: Record<string, number> | undefined;
  /** Params and tags by which runs are folded into one row. */
  group?: string[] | undefined;
  /** Runs whose curves are not drawn. */
  hidden?: string[] | undefined;
  deleted?: boolean | undefined;
  /** Which half is wide: the table, the charts, or both. */
  layout?: "table" | "charts" | undefined;
  /** The share of the table, where both are there. */
  split?: number | undefined;
  /** A regular expression that the names of panels fit. */
  panels?: string | undefined;
  /** Panels that somebody added. */
  extra?: ExtraPanel[] | undefined;
}

/** Return what an address says, without what makes no sense. */
export function readWorkspace(search: Record<string, unknown>): Workspace {
  const read: Workspace = readChartSettings(search);
  const { filter, sort, columns, pinned, widths, group, hidden, layout, panels } = search;
  if (typeof filter === "string" && filter !== "") read.filter = filter;
  if (typeof sort === "string" && sort !== "") read.sort = sort;
  if (isTexts(columns)) read.columns = columns;
  if (isTexts(pinned)) read.pinned = pinned;
  if (isTexts(group) && group.length > 0) read.group = group;
  if (isTexts(hidden) && hidden.length > 0) read.hidden = hidden;
  if (isWidths(widths)) read.widths = widths;
  if (search["deleted"] === true) read.deleted = true;
  if (layout === "table" || layout === "charts") read.layout = layout;
  const { split } = search;
  if (typeof split === "number" && split >= 0.1 && split <= 0.9) read.split = split;
  if (typeof panels === "string" && panels !== "") read.panels = panels;
  const extra = readExtraPanels(search["extra"]);
  if (extra.length > 0) read.extra = extra;
  return read;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isWidths(value: unknown): value is Record<string, number> {
  return typeof value === "object" && value !== null && Object.values(value).every((one) => typeof one === "number");
}
