/** Runs as points on a chart of ECharts. */
import { fieldOf, titleOf } from "@/lib/fields";

import type { Colouring } from "./colouring";
import { axisOf, type Option, tooltipOf } from "./EChart";
import { type Ink, scaleOf } from "./ink";
import { short } from "./names";
import type { Point } from "./points";
import { formatField, labelOf } from "./rowValue";

interface Given {
  x: string;
  y: string;
  colour: string | undefined;
  isLogX: boolean;
  isLogY: boolean;
  ink: Ink;
}

/** Return the chart of points. */
export function scatterOption(points: readonly Point[], { colours, scale }: Colouring, { x, y, colour, isLogX, isLogY, ink }: Given): Option {
  const name = (id: string) => titleOf(fieldOf(id));
  const line = (id: string, text: string) => `${short(name(id), 30)} ${short(text, 50)}`;
  const axis = (id: string, isLog: boolean) => {
    const common = { scale: true, ...axisOf(ink, name(id), (value) => formatField(value, id, 4)) };
    // Times are written as short as their distance lets them be.
    if (id === "start_time") return { ...common, type: "time", axisLabel: { color: ink.dim, fontSize: 11, hideOverlap: true } };
    return { ...common, type: isLog ? "log" : "value" };
  };
  return {
    grid: { left: 26, right: scale === null ? 16 : 64, top: 10, bottom: 26, containLabel: true },
    tooltip: {
      ...tooltipOf(ink),
      trigger: "item",
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const point = points[dataIndex];
        if (point === undefined) return "";
        const { row } = point;
        const more = colour === undefined || colour === x || colour === y ? [] : [line(colour, labelOf(row, colour))];
        return [short(row.info.run_name, 60), line(x, formatField(point.x, x)), line(y, formatField(point.y, y)), ...more].join("\n");
      },
    },
    xAxis: { ...axis(x, isLogX), nameGap: 26 },
    yAxis: { ...axis(y, isLogY), nameGap: 44 },
    ...(scale === null
      ? {}
      : {
          visualMap: {
            type: "continuous",
            min: scale.low,
            max: scale.high > scale.low ? scale.high : scale.low + 1,
            calculable: false,
            seriesIndex: [],
            inRange: { color: [...scaleOf(ink.isDark)] },
            right: 0,
            top: 12,
            itemHeight: 90,
            itemWidth: 10,
            text: [formatField(scale.high, colour ?? "", 3), formatField(scale.low, colour ?? "", 3)],
            textStyle: { color: ink.dim, fontSize: 10 },
          },
        }),
    series: [
      {
        type: "scatter",
        symbolSize: points.length > 300 ? 6 : 9,
        cursor: "pointer",
        data: points.map((point, at) => ({ value: [point.x, point.y], itemStyle: { color: colours[at], borderColor: ink.surface, borderWidth: 0.5, opacity: 0.88 } })),
      },
    ],
  };
}
