import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";

import { folderQuery } from "@/api/artifacts";
import type { RunRow } from "@/lib/useRunRows";

import { listedFolder, ofSeries, type Stepped } from "./steppedPaths";
import { usePanelRows } from "./usePanelRows";

export interface RunSeries {
  row: RunRow;
  found: Stepped[];
}

/** Runs that are looked through for artifacts, and how many of those that have some are shown. */
export const LOOKED_AT = 100;
const SHOWN = 16;

/** The artifacts of a series of the first runs that have some, and all of their steps. */
export function useArtifactSeries(series: string) {
  const { rows, error } = usePanelRows([]);
  const looked = useMemo(() => (series === "" ? [] : (rows ?? []).slice(0, LOOKED_AT)), [rows, series]);
  const listings = useQueries({
    queries: looked.map((row) => folderQuery(row.info.run_id, listedFolder(series))),
    combine: (results) => ({
      data: results.map(({ data }) => data),
      isPending: results.some(({ isPending }) => isPending),
      error: results.find((one) => one.error !== null)?.error ?? null,
    }),
  });
  const { data } = listings;
  const having = useMemo(
    () =>
      looked
        .map((row, at): RunSeries => ({ row, found: ofSeries(series, (data[at] ?? []).filter((one) => !one.is_dir).map(({ path }) => path)) }))
        .filter(({ found }) => found.length > 0),
    [looked, data, series],
  );
  const runs = useMemo(() => having.slice(0, SHOWN), [having]);
  const steps = useMemo(
    () => [...new Set(runs.flatMap(({ found }) => found.map(({ step }) => step)))].sort((one, other) => one - other),
    [runs],
  );
  return { runs, steps, more: having.length - runs.length, isPending: rows === undefined || listings.isPending, error: error ?? listings.error };
}
