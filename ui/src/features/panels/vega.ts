/** The parts of Vega that are used; loaded when the first such panel is seen. */
import { type Loader, parse, View } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type Config, type TopLevelSpec } from "vega-lite";

export { expressionInterpreter, parse, View };

const refuse = () => Promise.reject(new Error("Nothing is read from addresses: data are the runs of the table."));

/** Reads nothing, wherever it is. */
export const refusingLoader: Loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };

/** Turn a Vega-Lite specification into one of Vega; throws what is wrong with it. */
export function compileSpec(spec: object, config: Config): { vgSpec: ReturnType<typeof compile>["spec"] } {
  const quiet = { level: () => quiet, error: () => quiet, warn: () => quiet, info: () => quiet, debug: () => quiet };
  // Whatever somebody wrote: the compiler itself says what is wrong with it.
  const { spec: vgSpec } = compile(spec as TopLevelSpec, { logger: quiet, config: config });
  return { vgSpec };
}
