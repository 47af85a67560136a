/** Series as lines of a chart. */
import type { Series } from "@/api/series";
import type { Line } from "@/components/chartData";
import { meanOf } from "@/lib/bands";
import type { BandKind, XAxis } from "@/lib/chartSettings";
import { COLOUR_TAG, canvasColourOf } from "@/lib/colour";
import type { Recorded } from "@/lib/fields";
import { groupsOf } from "@/lib/groups";
import { type Smoothing, smooth } from "@/lib/smoothing";

/** A line, and the runs it is made of. */
export interface DrawnLine extends Line {
  runIds: readonly string[];
}

interface How {
  x: XAxis;
  /** Series of the metric that is x, by run. */
  xSeries: ReadonlyMap<string, Series>;
  smoothing: Smoothing;
  isDark: boolean;
}

/** Return a line for each run that has points. */
export function linesOf(series: readonly Series[], runs: readonly Recorded[], how: How): DrawnLine[] {
  const byId = new Map(series.map((one) => [one.runId, one]));
  return runs.flatMap((run): DrawnLine[] => {
    const id = run.info.run_id;
    const found = byId.get(id);
    if (found === undefined) return [];
    const { xs, values } = placed(found, run, how);
    const ys = smooth(values, how.smoothing);
    return [
      {
        id,
        label: run.info.run_name,
        colour: canvasColourOf(id, how.isDark, run.tags[COLOUR_TAG]),
        xs,
        ys,
        ...(ys === values ? {} : { raw: values }),
        runIds: [id],
      },
    ];
  });
}

/** Return a line for each group of runs: their mean, and a band around it. */
export function groupLinesOf(series: readonly Series[], runs: readonly Recorded[], by: readonly string[], band: BandKind, how: How): DrawnLine[] {
  const lines = new Map(linesOf(series, runs, how).map((line) => [line.id, line]));
  return groupsOf(runs, by).flatMap((group): DrawnLine[] => {
    const members = group.runs.flatMap((run) => lines.get(run.info.run_id) ?? []);
    if (members.length === 0) return [];
    const { xs, ys, lower, upper, counts } = meanOf(members, band);
    const runIds = members.map((line) => line.id);
    return [{ id: group.id, label: group.label, colour: canvasColourOf(group.id, how.isDark), xs, ys, band: [lower, upper], counts, runIds }];
  });
}

/** Return the points of a series with their x, by rising x. */
function placed(series: Series, run: Recorded, { x, xSeries }: How): { xs: Float64Array; values: Float64Array } {
  const xs = xsOf(series, x, run.info.start_time, xSeries.get(series.runId));
  const isRising = xs.every((value, at) => at === 0 || value >= (xs[at - 1] ?? NaN));
  if (isRising) return { xs, values: series.values };
  const places = Array.from(xs, (_, at) => at)
    .filter((at) => Number.isFinite(xs[at]))
    .sort((one, other) => (xs[one] ?? 0) - (xs[other] ?? 0));
  return {
    xs: Float64Array.from(places, (at) => xs[at] ?? NaN),
    values: Float64Array.from(places, (at) => series.values[at] ?? NaN),
  };
}

function xsOf(series: Series, x: XAxis, startMs: number, of: Series | undefined): Float64Array {
  switch (x) {
    case "time":
      return series.timestamps.map((ms) => ms / 1000);
    case "relative":
      return series.timestamps.map((ms) => (ms - startMs) / 1000);
    case "step":
      return series.steps;
    case "metric":
      return of === undefined ? new Float64Array(series.steps.length).fill(NaN) : valuesAt(of, series.steps);
  }
}

/** Return the values of a series at some rising steps: between two points those of a straight line, else none. */
function valuesAt({ steps, values }: Series, wanted: Float64Array): Float64Array {
  let next = 0;
  return wanted.map((step) => {
    while (next < steps.length && (steps[next] ?? NaN) < step) next += 1;
    const after = steps[next] ?? NaN;
    const value = values[next] ?? NaN;
    if (after === step) return value;
    const before = steps[next - 1] ?? NaN;
    const from = values[next - 1] ?? NaN;
    return from + ((value - from) * (step - before)) / (after - before);
  });
}

/** Return the steps between which all points with an x in a range are, and one more at each end; undefined for none. */
export function stepsWithin(series: readonly Series[], lines: readonly DrawnLine[], [from, to]: readonly [number, number]): [number, number] | undefined {
  const bySeries = new Map(series.map((one) => [one.runId, one]));
  let first = Infinity;
  let last = -Infinity;
  for (const { id, xs } of lines) {
    const steps = bySeries.get(id)?.steps;
    if (steps?.length !== xs.length) continue;
    for (let at = 0; at < xs.length; at++) {
      const x = xs[at] ?? NaN;
      if (!(x >= from && x <= to)) continue;
      first = Math.min(first, steps[Math.max(0, at - 1)] ?? Infinity);
      last = Math.max(last, steps[Math.min(steps.length - 1, at + 1)] ?? -Infinity);
    }
  }
  return first <= last ? [first, last] : undefined;
}
