import { useMemo, useState } from "react";

import { ErrorState, Skeleton } from "@/components/States";
import type { HistogramPanel } from "@/lib/extraPanels";
import { formatCount } from "@/lib/format";

import type { BodyProps } from "./body";
import styles from "./canvas.module.css";
import { HistogramCanvas } from "./HistogramCanvas";
import { rangeOf } from "./histograms";
import { short } from "./names";
import { NOTE_PX, PanelEmpty, PanelNote } from "./PanelNote";
import { LOOKED_AT, type RunSeries, useArtifactSeries } from "./useArtifactSeries";
import { type SteppedHistogram, useHistograms } from "./useHistograms";

/** Runs side by side in a large panel. */
const BESIDE = 3;
const NONE: readonly SteppedHistogram[] = [];
const HEAD_PX = 34;

/** How a distribution changed over the steps of runs. */
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
  if (runs.length === 0) {
    return (
      <PanelEmpty title={`None of the first ${LOOKED_AT} runs has it`} height={height}>
        Sort or filter the table so that runs with <code>{panel.path.slice(0, 300)}</code> come first.
      </PanelEmpty>
    );
  }
  const at = Math.max(0, runs.findIndex(({ row }) => row.info.run_id === chosen));
  const count = panel.size === "l" ? BESIDE : 1;
  return (
    <>
      <label className={styles.head}>
        {count === 1 ? "Run" : "From run"}
        <select value={runs[at]?.row.info.run_id} onChange={(event) => setChosen(event.target.value)}>
          {runs.map(({ row }) => (
            <option key={row.info.run_id} value={row.info.run_id}>
              {short(row.info.run_name, 60)}
            </option>
          ))}
        </select>
      </label>
      <SideBySide runs={runs} first={Math.min(at, Math.max(0, runs.length - count))} count={count} style={panel.style} height={height - HEAD_PX} />
    </>
  );
}

interface SideBySideProps {
  runs: readonly RunSeries[];
  first: number;
  count: number;
  style: HistogramPanel["style"];
  height: number;
}

/** Some runs, on the same axis of values. */
function SideBySide({ runs, first, count, style, height }: SideBySideProps) {
  const shown = useMemo(() => runs.slice(first, first + count), [runs, first, count]);
  const { found, error, isPending } = useHistograms(shown);
  const range = useMemo(() => rangeOf(found.flat().map(({ histogram }) => histogram)), [found]);
  if (error !== null) return <ErrorState error={error} />;
  if (found.every((one) => one.length === 0)) {
    return isPending ? <Skeleton lines={4} height={height / 8} /> : <PanelEmpty title="These files are no histograms" height={height} />;
  }
  return (
    <div className={styles.beside}>
      {shown.map(({ row, found: logged }, at) => {
        const histograms = found[at] ?? NONE;
        const missing = histograms.reduce((sum, { histogram }) => sum + histogram.missing, 0);
        const name = short(row.info.run_name, 40);
        return (
          <div key={row.info.run_id} className={styles.one}>
            <HistogramCanvas histograms={histograms} range={range} style={style} height={height - NOTE_PX} label={`Histograms of ${name} at ${histograms.length} steps`} />
            <PanelNote>
              {count > 1 && `${name} · `}
              {logged.length > histograms.length ? `${histograms.length} of ${formatCount(logged.length, "step")}, evenly` : formatCount(histograms.length, "step")}
              {missing > 0 && ` · ${formatCount(missing, "value")} not finite`}
            </PanelNote>
          </div>
        );
      })}
    </div>
  );
}
