/** Series as lines of a chart. */
import type { Series } from "@/api/series";
import type { Line } from "@/components/Chart";
import { COLOUR_TAG, canvasColourOf } from "@/lib/colour";
import { type Smoothing, smooth } from "@/lib/smoothing";
import type { XAxis } from "@/lib/workspace";

import type { DrawnRun } from "./types";

interface Shown {
  runs: ReadonlyMap<string, DrawnRun>;
  x: XAxis;
  smoothing: Smoothing;
  isDark: boolean;
}

/** Return a line for each series. */
export function linesOf(series: readonly Series[], { runs, x, smoothing, isDark }: Shown): Line[] {
  return series.map((one) => {
    const run = runs.get(one.runId);
    const ys = smooth(one.values, smoothing);
    return {
      id: one.runId,
      label: run?.info.run_name ?? one.runId,
      colour: canvasColourOf(one.runId, isDark, run?.tags[COLOUR_TAG]),
      xs: xsOf(one, x, run?.info.start_time ?? 0),
      ys,
      ...(ys === one.values ? {} : { raw: one.values }),
    };
  });
}

function xsOf(series: Series, x: XAxis, startMs: number): Float64Array {
  switch (x) {
    case "time":
      return series.timestamps.map((ms) => ms / 1000);
    case "relative":
      return series.timestamps.map((ms) => (ms - startMs) / 1000);
    case "step":
    case "metric":
      return series.steps;
  }
}
