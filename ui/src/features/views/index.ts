export { ViewsMenu } from "./ViewsMenu";
