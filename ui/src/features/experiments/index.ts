export { ExperimentTree } from "./ExperimentTree";
export { RecentRuns } from "./RecentRuns";
