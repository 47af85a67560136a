/** Groups of values as a chart of ECharts, a row for each. */
import type { CustomSeriesRenderItem } from "echarts";

import type { SpreadShape } from "@/lib/extraPanels";
import { formatInterval, formatNumber } from "@/lib/format";
import { intervalOf } from "@/lib/statistics";

import { axisOf, type Option, tooltipOf } from "./EChart";
import type { Ink } from "./ink";
import { short } from "./names";
import { boxOf, densityOf, quantile, type Spread } from "./spread";

export interface Drawn extends Spread {
  colour: string;
  /** The run that a row is, where it is one. */
  runId?: string;
}

interface Given {
  shape: SpreadShape;
  isByRun: boolean;
  metric: string;
  height: number;
  ink: Ink;
}

const ROW_PX = 22;
const MOST_POINTS = 2000;

/** Return the chart of groups. */
export function spreadOption(groups: readonly Drawn[], { shape, isByRun, metric, height, ink }: Given): Option {
  const fitting = Math.max(3, Math.floor((height - 40) / ROW_PX));
  const isLong = groups.length > fitting;
  return {
    grid: { left: 8, right: isLong ? 28 : 16, top: 8, bottom: 22, containLabel: true },
    tooltip: { ...tooltipOf(ink), trigger: "item", formatter: ({ dataIndex, seriesId }: { dataIndex: number; seriesId?: string }) => tipOf(groups, dataIndex, seriesId ?? "", isByRun, metric) },
    xAxis: { type: "value", scale: shape !== "bar", ...axisOf(ink, metric, (value) => formatNumber(value, 4)), nameGap: 24 },
    yAxis: {
      type: "category",
      inverse: true,
      data: groups.map(({ name, values }) => (isByRun ? short(name, 24) : `${short(name, 22)}  n=${values.length}`)),
      axisLine: { lineStyle: { color: ink.strong } },
      axisTick: { show: false },
      axisLabel: { color: ink.dim, fontSize: 11 },
    },
    dataZoom: isLong
      ? [
          { type: "slider", yAxisIndex: 0, startValue: 0, endValue: fitting - 1, width: 12, right: 4, showDetail: false, brushSelect: false, borderColor: ink.line, fillerColor: ink.line, handleSize: 0, moveHandleSize: 0, showDataShadow: false },
        ]
      : [],
    series: [...shapesOf(groups, shape, isByRun, ink), ...(isByRun ? [] : [pointsOf(groups, ink)])],
  };
}

function shapesOf(groups: readonly Drawn[], shape: SpreadShape, isByRun: boolean, ink: Ink): object[] {
  switch (shape) {
    case "bar": {
      const intervals = groups.map(({ values }) => intervalOf(values));
      const bars = {
        id: "groups",
        type: "bar",
        barMaxWidth: 18,
        cursor: isByRun ? "pointer" : "default",
        data: groups.map(({ colour }, at) => ({ value: intervals[at]?.mean, itemStyle: { color: colour, opacity: isByRun ? 1 : 0.55 } })),
      };
      return isByRun ? [bars] : [bars, whiskers(intervals, ink)];
    }
    case "box":
      return [
        {
          id: "groups",
          type: "boxplot",
          boxWidth: [6, 18],
          layout: "vertical",
          data: groups.map(({ values, colour }) => ({ value: [...boxOf(values).five], itemStyle: { color: ink.surface, borderColor: colour, borderWidth: 1.5 } })),
        },
      ];
    case "violin":
      return [violins(groups, ink)];
  }
}

const custom = (id: string, data: unknown[], renderItem: CustomSeriesRenderItem, z: number) => ({ id, type: "custom", clip: true, z, data, renderItem });

function whiskers(intervals: readonly { mean: number; half: number }[], ink: Ink): object {
  return custom(
    "intervals",
    intervals.map(({ mean, half }, at) => [Number.isNaN(half) ? mean : mean - half, at, Number.isNaN(half) ? mean : mean + half]),
    (_, api) => {
      const [low = 0, y = 0] = api.coord([api.value(0), api.value(1)]);
      const [high = 0] = api.coord([api.value(2), api.value(1)]);
      const style = { stroke: ink.text, lineWidth: 1.5, fill: "none" };
      const line = (x1: number, y1: number, x2: number, y2: number) => ({ type: "line" as const, shape: { x1, y1, x2, y2 }, style });
      return { type: "group", children: low === high ? [] : [line(low, y, high, y), line(low, y - 4, low, y + 4), line(high, y - 4, high, y + 4)] };
    },
    4,
  );
}

function violins(groups: readonly Drawn[], ink: Ink): object {
  const curves = groups.map(({ values }) => densityOf(values));
  return custom(
    "groups",
    groups.map(({ values }, at) => [Math.min(...values), at, Math.max(...values)]),
    ({ dataIndex }, api) => {
      const curve = curves[dataIndex] ?? [];
      const group = groups[dataIndex];
      if (group === undefined) return { type: "group", children: [] };
      const most = Math.max(...curve.map(({ density }) => density));
      const size = api.size?.([0, 1]);
      const half = Math.min(22, (Array.isArray(size) ? (size[1] ?? 20) : 20) * 0.42);
      const place = (at: number): number => api.coord([at, dataIndex])[0] ?? 0;
      const y = api.coord([0, dataIndex])[1] ?? 0;
      const upper = curve.map(({ at, density }): [number, number] => [place(at), y - (density / most) * half]);
      const lower = curve.map(({ at, density }): [number, number] => [place(at), y + (density / most) * half]).reverse();
      const sorted = [...group.values].sort((one, other) => one - other);
      const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => place(quantile(sorted, share)));
      return {
        type: "group",
        children: [
          { type: "polygon", shape: { points: [...upper, ...lower] }, style: { fill: group.colour, opacity: 0.35, stroke: group.colour, lineWidth: 1.25 } },
          { type: "line", shape: { x1: low ?? 0, y1: y, x2: high ?? 0, y2: y }, style: { stroke: ink.text, lineWidth: 3, opacity: 0.6 } },
          { type: "circle", shape: { cx: middle ?? 0, cy: y, r: 3 }, style: { fill: ink.surface, stroke: ink.text, lineWidth: 1.5 } },
        ],
      };
    },
    2,
  );
}

/** The values themselves, moved off the middle by as much at each look. */
function pointsOf(groups: readonly Drawn[], ink: Ink): object {
  const points = groups.flatMap(({ values, colour }, group) => values.map((value, at) => ({ value: [value, group], at, colour })));
  return {
    id: "points",
    type: "scatter",
    silent: true,
    z: 3,
    symbolSize: 5,
    data: points.slice(0, MOST_POINTS).map(({ value, at, colour }) => ({
      value,
      symbolOffset: [0, (((at * 0.618034) % 1) - 0.5) * 12],
      itemStyle: { color: colour, borderColor: ink.surface, borderWidth: 0.5, opacity: 0.85 },
    })),
  };
}

function tipOf(groups: readonly Drawn[], index: number, seriesId: string, isByRun: boolean, metric: string): string {
  const group = groups[index];
  if (group === undefined || seriesId === "points") return "";
  const name = short(group.name, 60);
  const title = short(metric, 40);
  const { mean, half, count: n } = intervalOf(group.values);
  if (isByRun) return `${name}\n${title} ${formatNumber(mean, 6)}`;
  const { five } = boxOf(group.values);
  return [
    name,
    Number.isNaN(half) ? `mean ${formatNumber(mean)} · no interval of n=${n}` : `mean ${formatInterval(mean, half)} (95 %, n=${n})`,
    `median ${formatNumber(five[2])} · quartiles ${formatNumber(five[1])} to ${formatNumber(five[3])}`,
    `least ${formatNumber(Math.min(...group.values))} · greatest ${formatNumber(Math.max(...group.values))}`,
  ].join("\n");
}
