export { LineageStart, LineageView } from "./LineageView";
