import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { seriesQuery } from "@/api/queries";
import type { Series } from "@/api/series";
import { useIsDark } from "@/components/useIsDark";
import { type ChartSettings, settingsOf } from "@/lib/chartSettings";
import type { Recorded } from "@/lib/fields";

import { type DrawnLine, groupLinesOf, linesOf, stepsWithin } from "./lines";

const POINTS = 800;
const NOTHING: readonly Series[] = [];
const NO_SMOOTHING = { kind: "none" } as const;

/** The lines of a metric: all of it at first, and what is zoomed to again and finer. */
export function useCurves(metric: string, runs: readonly Recorded[], settings: ChartSettings, group: readonly string[] | undefined) {
  const isDark = useIsDark();
  const { x = "step", xMetric, zoom, band = "interval" } = settings;
  const { smoothing = NO_SMOOTHING } = settingsOf(settings, metric);
  const runIds = runs.map((run) => run.info.run_id);
  const asked = { runIds, keys: [metric], maxPoints: POINTS };
  const ofX = useQuery({ ...seriesQuery({ runIds, keys: [xMetric ?? ""], maxPoints: POINTS }), enabled: x === "metric" });
  const whole = useQuery(seriesQuery(asked));
  const xSeries = useMemo(() => new Map((ofX.data ?? NOTHING).map((one) => [one.runId, one])), [ofX.data]);

  const steps = useMemo(() => {
    if (zoom === undefined || whole.data === undefined) return undefined;
    if (x === "step") return [Math.floor(zoom[0]), Math.ceil(zoom[1])] as const;
    return stepsWithin(whole.data, linesOf(whole.data, runs, { x, xSeries, smoothing: NO_SMOOTHING, isDark: false }), zoom);
  }, [zoom, whole.data, x, xSeries, runs]);
  const finer = useQuery({
    ...seriesQuery({ ...asked, range: steps }),
    enabled: steps !== undefined,
    placeholderData: keepPreviousData,
  });

  const series = steps === undefined ? whole.data : (finer.data ?? whole.data);
  const lines = useMemo((): DrawnLine[] | null => {
    if (series === undefined || (x === "metric" && ofX.data === undefined)) return null;
    const how = { x, xSeries, smoothing, isDark };
    const found = group === undefined ? linesOf(series, runs, how) : groupLinesOf(series, runs, group, band, how);
    return found.filter((line) => line.xs.length > 0);
  }, [series, runs, x, xSeries, ofX.data, smoothing, isDark, group, band]);
  return { lines, error: whole.error ?? ofX.error ?? finer.error };
}
