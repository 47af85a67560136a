/** How charts are drawn, as it stands in the address: for all of them, and for one alone. */
import type { Smoothing } from "./smoothing";

export type XAxis = "step" | "time" | "relative" | "metric";

export const BANDS = ["interval", "range", "deviation", "none"] as const;
/** What is drawn around the mean of a group: Student's t interval, least to greatest, or the standard deviation. */
export type BandKind = (typeof BANDS)[number];

export const CHART_SIZES = ["s", "m", "l"] as const;
export type ChartSize = (typeof CHART_SIZES)[number];

/** What a chart may have of its own. */
export interface OwnSettings {
  logY?: boolean | undefined;
  smoothing?: Smoothing | undefined;
  /** Leave room for the middle 98 % of the points only. */
  clip?: boolean | undefined;
  /** Lowest and highest y; null where the points say it. */
  y?: [number | null, number | null] | undefined;
  /** Pixels of the drawing, and columns of the grid, where somebody drew it larger or smaller. */
  height?: number | undefined;
  span?: number | undefined;
}

export interface ChartSettings extends OwnSettings {
  x?: XAxis | undefined;
  /** The metric that is x, where that is one. */
  xMetric?: string | undefined;
  logX?: boolean | undefined;
  band?: BandKind | undefined;
  size?: ChartSize | undefined;
  zoom?: [number, number] | undefined;
  /** Settings of charts by their metric. */
  own?: Record<string, OwnSettings> | undefined;
  /** Metrics in the order their charts were put in; those not named come after them. */
  order?: string[] | undefined;
  /** Metrics whose charts are left out. */
  without?: string[] | undefined;
}

const AXES: readonly XAxis[] = ["step", "time", "relative", "metric"];

/** Return what an address says of charts, without what makes no sense. */
export function readChartSettings(search: Record<string, unknown>): ChartSettings {
  const read: ChartSettings = readOwn(search);
  const { x, xMetric, band, size, zoom, own, order, without } = search;
  const axis = AXES.find((one) => one === x);
  if (typeof xMetric === "string") read.xMetric = xMetric;
  if (axis !== undefined && (axis !== "metric" || read.xMetric !== undefined)) read.x = axis;
  if (search["logX"] === true) read.logX = true;
  const kind = BANDS.find((one) => one === band);
  if (kind !== undefined) read.band = kind;
  const chosen = CHART_SIZES.find((one) => one === size);
  if (chosen !== undefined) read.size = chosen;
  if (isRange(zoom)) read.zoom = zoom;
  if (typeof own === "object" && own !== null && !Array.isArray(own)) {
    const each = Object.entries(own).flatMap(([key, value]) =>
      typeof value === "object" && value !== null ? [[key, readOwn(value as Record<string, unknown>)] as const] : [],
    );
    read.own = Object.fromEntries(each);
  }
  if (isTexts(order)) read.order = order;
  if (isTexts(without) && without.length > 0) read.without = without;
  return read;
}

/** Return how one chart is drawn: as it says itself, and else as all are. */
export function settingsOf(all: ChartSettings, metric: string): OwnSettings {
  return { logY: all.logY, smoothing: all.smoothing, clip: all.clip, ...all.own?.[metric] };
}

function readOwn(given: Record<string, unknown>): OwnSettings {
  const read: OwnSettings = {};
  const { logY, smoothing, clip, y, height, span } = given;
  if (isWithin(height, 50, 2000)) read.height = height;
  if (isWithin(span, 1, 12) && Number.isInteger(span)) read.span = span;
  if (typeof logY === "boolean") read.logY = logY;
  if (isSmoothing(smoothing)) read.smoothing = smoothing;
  if (typeof clip === "boolean") read.clip = clip;
  if (Array.isArray(y) && y.length === 2 && y.every((one) => one === null || (typeof one === "number" && Number.isFinite(one)))) {
    read.y = [y[0] as number | null, y[1] as number | null];
  }
  return read;
}

const isWithin = (value: unknown, least: number, most: number): value is number => typeof value === "number" && value >= least && value <= most;

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isRange(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === "number" && Number.isFinite(one));
}

function isSmoothing(value: unknown): value is Smoothing {
  if (typeof value !== "object" || value === null) return false;
  const { kind, weight, width } = value as Record<string, unknown>;
  if (kind === "none") return true;
  if (kind === "ema") return typeof weight === "number" && weight >= 0 && weight < 1;
  return (kind === "gaussian" || kind === "mean") && typeof width === "number" && width > 0 && width <= 1000;
}
