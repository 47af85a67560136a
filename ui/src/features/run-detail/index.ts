export { RunHeader } from "./RunHeader";
export { RunOverview } from "./RunOverview";
