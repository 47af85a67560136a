export { BulkBar } from "./BulkBar";
export { ColumnsMenu } from "./ColumnsMenu";
export { FilterBox } from "./FilterBox";
export { GroupMenu } from "./GroupMenu";
export { RunsTable } from "./RunsTable";
export { allFields, chosenByItself, keysFor } from "./columns";
