/** What a workspace shows, as it stands in the address: nothing else holds it. */
import { type ExtraPanel, readExtraPanels } from "./extraPanels";
import type { Smoothing } from "./smoothing";

export type XAxis = "step" | "time" | "relative" | "metric";

export interface Workspace {
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
  x?: XAxis | undefined;
  /** The metric that is x, where that is one. */
  xMetric?: string | undefined;
  logX?: boolean | undefined;
  logY?: boolean | undefined;
  smoothing?: Smoothing | undefined;
  /** A regular expression that the names of panels fit. */
  panels?: string | undefined;
  zoom?: [number, number] | undefined;
  /** Panels that somebody added. */
  extra?: ExtraPanel[] | undefined;
}

const AXES: readonly XAxis[] = ["step", "time", "relative", "metric"];

/** Return what an address says, without what makes no sense. */
export function readWorkspace(search: Record<string, unknown>): Workspace {
  const read: Workspace = {};
  const { filter, sort, columns, pinned, widths, group, hidden, layout, x, xMetric, smoothing, panels, zoom } = search;
  if (typeof filter === "string" && filter !== "") read.filter = filter;
  if (typeof sort === "string" && sort !== "") read.sort = sort;
  if (isTexts(columns)) read.columns = columns;
  if (isTexts(pinned)) read.pinned = pinned;
  if (isTexts(group) && group.length > 0) read.group = group;
  if (isTexts(hidden) && hidden.length > 0) read.hidden = hidden;
  if (isWidths(widths)) read.widths = widths;
  if (search["deleted"] === true) read.deleted = true;
  if (layout === "table" || layout === "charts") read.layout = layout;
  const axis = AXES.find((one) => one === x);
  if (axis !== undefined) read.x = axis;
  if (typeof xMetric === "string") read.xMetric = xMetric;
  if (search["logX"] === true) read.logX = true;
  if (search["logY"] === true) read.logY = true;
  if (isSmoothing(smoothing)) read.smoothing = smoothing;
  if (typeof panels === "string" && panels !== "") read.panels = panels;
  if (isRange(zoom)) read.zoom = zoom;
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

function isRange(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === "number");
}

function isSmoothing(value: unknown): value is Smoothing {
  if (typeof value !== "object" || value === null) return false;
  const { kind, weight, width } = value as Record<string, unknown>;
  if (kind === "ema") return typeof weight === "number" && weight >= 0 && weight < 1;
  return (kind === "gaussian" || kind === "mean") && typeof width === "number" && width > 0 && width <= 1000;
}
