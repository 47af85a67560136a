export { Comparison } from "./Comparison";
export { FileDiffs } from "./FileDiffs";
export { Packages } from "./Packages";
