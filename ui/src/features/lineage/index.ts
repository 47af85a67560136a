export { LineageStart } from "./LineageStart";
export { LineageView } from "./LineageView";
