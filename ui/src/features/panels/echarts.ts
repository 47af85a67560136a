/** The parts of ECharts that are used; loaded when the first such panel is seen. */
import { BarChart, BoxplotChart, CustomChart, HeatmapChart, ScatterChart } from "echarts/charts";
import { DataZoomComponent, GridComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { type EChartsType, init, use as register } from "echarts/core";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";

register([
  BarChart,
  BoxplotChart,
  CustomChart,
  HeatmapChart,
  ScatterChart,
  DataZoomComponent,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
  CanvasRenderer,
  SVGRenderer,
]);

export { init };

/** Draw a chart, as it is now, as SVG. */
export function vectorOf(chart: EChartsType): string {
  const other = init(null, null, { renderer: "svg", ssr: true, width: chart.getWidth(), height: chart.getHeight() });
  try {
    other.setOption(chart.getOption());
    return other.renderToSVGString();
  } finally {
    other.dispose();
  }
}
