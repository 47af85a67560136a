import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { ErrorState, Skeleton } from "@/components/States";
import { COLOUR_TAG, colourOf } from "@/lib/colour";
import type { MediaPanel } from "@/lib/extraPanels";
import { formatCount, formatNumber } from "@/lib/format";

import type { BodyProps } from "./body";
import styles from "./MediaBody.module.css";
import { MediaItem } from "./MediaItem";
import { short } from "./names";
import { PanelEmpty } from "./PanelNote";
import { atStep } from "./steppedPaths";
import { StepSlider } from "./StepSlider";
import { LOOKED_AT, useArtifactSeries } from "./useArtifactSeries";

/** Artifacts side by side over runs, at a step. */
export function MediaBody({ panel, height }: BodyProps<MediaPanel>) {
  const { runs, steps, more, isPending, error } = useArtifactSeries(panel.path);
  const [chosen, setChosen] = useState<number | null>(null);
  if (panel.path === "") return <PanelEmpty title="Nothing chosen yet" height={height}>Edit this panel to choose what of the runs it shows.</PanelEmpty>;
  if (error !== null) return <ErrorState error={error} />;
  if (isPending && runs.length === 0) return <Skeleton lines={4} height={height / 8} />;
  if (runs.length === 0) {
    return (
      <PanelEmpty title={`None of the first ${LOOKED_AT} runs has it`} height={height}>
        Sort or filter the table so that runs with <code>{panel.path.slice(0, 300)}</code> come first.
      </PanelEmpty>
    );
  }
  const at = Math.min(chosen ?? steps.length - 1, steps.length - 1);
  const step = steps[at] ?? 0;
  return (
    <div className={styles.media}>
      {steps.length > 1 && <StepSlider steps={steps} at={at} onChange={setChosen} />}
      <ul className={styles.runs} data-media={panel.media}>
        {runs.map(({ row, found }) => {
          const shown = atStep(found, step);
          const name = short(row.info.run_name, 60);
          return (
            <li key={row.info.run_id} className={styles.run}>
              <div className={styles.name}>
                <span className={styles.swatch} style={{ background: colourOf(row.info.run_id, row.tags[COLOUR_TAG]) }} />
                <Link to="/runs/$runId" params={{ runId: row.info.run_id }} title={row.info.run_name.slice(0, 500)}>
                  {name}
                </Link>
                {shown !== undefined && steps.length > 1 && <span className={styles.step}>{formatNumber(shown.step, 12)}</span>}
              </div>
              {shown !== undefined && <MediaItem runId={row.info.run_id} path={shown.path} kind={panel.media} label={`${name}, step ${shown.step}`} />}
            </li>
          );
        })}
      </ul>
      {more > 0 && <p className={styles.more}>{formatCount(more, "more run")} of the first have it; hide some, or filter the table.</p>}
    </div>
  );
}
