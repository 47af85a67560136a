/** What x is called, and how its values read. */
import type { ChartSettings, XAxis } from "@/lib/chartSettings";
import { formatNumber } from "@/lib/format";
import { formatDuration, formatMoment } from "@/lib/time";

export const xLabelOf = ({ x = "step", xMetric = "" }: ChartSettings): string =>
  ({ step: "step", time: "time", relative: "after", metric: xMetric })[x];

export const FORMATS_X: Record<XAxis, (value: number) => string> = {
  step: (value) => formatNumber(value, 12),
  metric: (value) => formatNumber(value, 6),
  time: (value) => formatMoment(value * 1000),
  relative: (value) => formatDuration(value * 1000),
};
