export { Comparison } from "./Comparison";
