export { ExtraPanels } from "./ExtraPanels";
