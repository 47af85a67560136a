export { ChartGrid } from "./ChartGrid";
export { ChartSettings } from "./ChartSettings";
