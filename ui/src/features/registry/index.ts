export { ModelList } from "./ModelList";
export { ModelView } from "./ModelView";
export { VersionView } from "./VersionView";
