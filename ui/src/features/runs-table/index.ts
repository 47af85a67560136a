export { FilterBox } from "./FilterBox";
export { RunsTable } from "./RunsTable";
