import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";

import { textQuery } from "@/api/artifacts";

import { type LoggedHistogram, readHistogram, thinned } from "./histograms";
import type { RunSeries } from "./useArtifactSeries";

export interface SteppedHistogram {
  step: number;
  histogram: LoggedHistogram;
}

const MOST_STEPS = 40;

/** The histograms of some runs; of many steps some, evenly, the first and the last among them. */
export function useHistograms(runs: readonly RunSeries[]) {
  const wanted = useMemo(
    () => runs.map(({ row, found }) => ({ runId: row.info.run_id, shown: thinned(found, MOST_STEPS) })),
    [runs],
  );
  const { texts, error, isPending } = useQueries({
    queries: wanted.flatMap(({ runId, shown }) => shown.map(({ path }) => textQuery(runId, path))),
    combine: (results) => ({
      texts: results.map(({ data }) => data),
      error: results.find((one) => one.error !== null)?.error ?? null,
      isPending: results.some((one) => one.isPending),
    }),
  });
  const found = useMemo(() => {
    let at = 0;
    return wanted.map(({ shown }) =>
      shown.flatMap(({ step }): SteppedHistogram[] => {
        const text = texts[at++]?.text;
        const histogram = text === undefined ? null : readHistogram(text);
        return histogram === null ? [] : [{ step, histogram }];
      }),
    );
  }, [wanted, texts]);
  return { found, error, isPending };
}
