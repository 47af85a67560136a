/** The one place that knows ECharts. */
import type { EChartsCoreOption, EChartsType } from "echarts/core";
import { useEffect, useRef } from "react";

import { rememberVector } from "@/lib/vectors";

import { init, vectorOf } from "./echarts";
import { type Ink, useInk } from "./ink";

export type { EChartsCoreOption as Option } from "echarts/core";

/** What is under the pointer. */
export interface Picked {
  seriesIndex?: number | undefined;
  dataIndex: number;
}

interface Props {
  label: string;
  height: number;
  option: EChartsCoreOption;
  onPick?: (picked: Picked) => void;
}

/** A chart, drawn anew when its option or the theme changes. */
export function EChart({ label, height, option, onPick }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const pick = useRef(onPick);
  const ink = useInk();

  useEffect(() => {
    pick.current = onPick;
  });

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const made = init(element, null, { renderer: "canvas" });
    made.on("click", (event) => pick.current?.({ seriesIndex: event.seriesIndex, dataIndex: event.dataIndex }));
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element);
    chart.current = made;
    rememberVector(element, () => vectorOf(made));
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption({ ...commonOf(ink), ...option }, { notMerge: true });
  }, [option, ink]);

  return <div ref={host} role="img" aria-label={label} style={{ height, width: "100%" }} />;
}

const commonOf = (ink: Ink) => ({
  animation: false,
  backgroundColor: "transparent",
  textStyle: { fontFamily: ink.font, fontSize: 11, color: ink.text },
});

/** A tooltip drawn on the canvas: the page's policy lets no styles into HTML, and names need no escaping. */
export const tooltipOf = (ink: Ink) => ({
  renderMode: "richText",
  confine: true,
  backgroundColor: ink.raised,
  borderColor: ink.strong,
  borderWidth: 1,
  padding: [6, 8],
  textStyle: { color: ink.text, fontSize: 12, lineHeight: 17, fontFamily: ink.font },
});

/** An axis in the page's colours. */
export const axisOf = (ink: Ink, name: string, formatted: (value: number) => string) => ({
  name: name.length > 60 ? `${name.slice(0, 59)}…` : name,
  nameLocation: "middle",
  nameTextStyle: { color: ink.dim, fontSize: 11 },
  axisLine: { lineStyle: { color: ink.strong } },
  axisTick: { show: false },
  axisLabel: { color: ink.dim, fontSize: 11, hideOverlap: true, formatter: formatted },
  splitLine: { lineStyle: { color: ink.line } },
});
