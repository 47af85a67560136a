import { useQueries } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { artifactTextQuery } from "@/api/queries";
import { ErrorState, Skeleton } from "@/components/States";
import type { HistogramPanel } from "@/lib/extraPanels";
import { formatCount } from "@/lib/format";

import type { BodyProps } from "./body";
import styles from "./canvas.module.css";
import { HistogramCanvas } from "./HistogramCanvas";
import { readHistogram, thinned } from "./histograms";
import { short } from "./names";
import { NOTE_PX, PanelEmpty, PanelNote } from "./PanelNote";
import { type RunSeries, useArtifactSeries } from "./useArtifactSeries";

const MOST_STEPS = 40;
const HEAD_PX = 34;

/** How a distribution changed over the steps of a run. */
export function HistogramBody({ panel, height }: BodyProps<HistogramPanel>) {
  const { runs, isPending, error } = useArtifactSeries(panel.path);
  const [chosen, setChosen] = useState<string | null>(null);
  if (panel.path === "") {
    return (
      <PanelEmpty title="Nothing chosen yet" height={height}>
        Edit this panel to choose a histogram. They come by <code>runstone.log_histogram("weights", values, step=step)</code>.
      </PanelEmpty>
    );
  }
  if (error !== null) return <ErrorState error={error} />;
  if (isPending && runs.length === 0) return <Skeleton lines={4} height={height / 8} />;
  const run = runs.find(({ row }) => row.info.run_id === chosen) ?? runs[0];
  if (run === undefined) {
    return (
      <PanelEmpty title="None of the first runs has it" height={height}>
        <code>{panel.path.slice(0, 300)}</code>
      </PanelEmpty>
    );
  }
  return (
    <>
      <label className={styles.head}>
        Run
        <select value={run.row.info.run_id} onChange={(event) => setChosen(event.target.value)}>
          {runs.map(({ row }) => (
            <option key={row.info.run_id} value={row.info.run_id}>
              {short(row.info.run_name, 60)}
            </option>
          ))}
        </select>
      </label>
      <OneRun run={run} style={panel.style} height={height - HEAD_PX} />
    </>
  );
}

function OneRun({ run, style, height }: { run: RunSeries; style: HistogramPanel["style"]; height: number }) {
  const shown = useMemo(() => thinned(run.found, MOST_STEPS), [run.found]);
  const { texts, error, isPending } = useQueries({
    queries: shown.map(({ path }) => artifactTextQuery(run.row.info.run_id, path)),
    combine: (results) => ({
      texts: results.map(({ data }) => data),
      error: results.find((one) => one.error !== null)?.error ?? null,
      isPending: results.some((one) => one.isPending),
    }),
  });
  const histograms = useMemo(
    () =>
      shown.flatMap(({ step }, at) => {
        const text = texts[at];
        const histogram = text === undefined ? null : readHistogram(text);
        return histogram === null ? [] : [{ step, histogram }];
      }),
    [shown, texts],
  );
  if (error !== null) return <ErrorState error={error} />;
  if (histograms.length === 0) {
    return isPending ? <Skeleton lines={4} height={height / 8} /> : <PanelEmpty title="These files are no histograms" height={height} />;
  }
  const missing = histograms.reduce((sum, { histogram }) => sum + histogram.missing, 0);
  return (
    <>
      <HistogramCanvas histograms={histograms} style={style} height={height - NOTE_PX} label={`Histograms of ${short(run.row.info.run_name)} at ${histograms.length} steps`} />
      <PanelNote>
        {run.found.length > shown.length ? `${shown.length} of ${formatCount(run.found.length, "step")}, evenly` : formatCount(shown.length, "step")}
        {missing > 0 && ` · ${formatCount(missing, "value")} not finite`}
      </PanelNote>
    </>
  );
}
