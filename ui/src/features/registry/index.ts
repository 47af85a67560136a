export { ModelList } from "./ModelList";
export { ModelView } from "./ModelView";
export { RegisterDialog } from "./RegisterDialog";
export { VersionView } from "./VersionView";
