import { short } from "./names";
import styles from "./PanelEditor.module.css";
import type { ArtifactKind } from "./steppedPaths";
import { useArtifactChoices } from "./useArtifactChoices";

interface Props {
  label: string;
  what: ArtifactKind;
  value: string;
  onChange: (path: string) => void;
}

const HOW: Record<ArtifactKind, string> = {
  image: 'runstone.log_image(image, key="samples", step=step)',
  audio: 'runstone.log_audio(samples, key="speech", step=step, sample_rate=16000)',
  video: 'runstone.log_artifact("epoch-3.mp4", "videos")',
  table: 'runstone.log_table(frame, "predictions.json")',
  plot: 'runstone.log_figure(figure, "roc.svg")',
  histogram: 'runstone.log_histogram("weights", values, step=step)',
};

/** A series of artifacts to choose, out of those that some of the runs have. */
export function ArtifactSelect({ label, what, value, onChange }: Props) {
  const { data: series = [], isPending, error } = useArtifactChoices(what);
  return (
    <>
      <label>
        {label}
        <select value={value} onChange={(event) => onChange(event.target.value)}>
          {value === "" && <option value="">{isPending ? "Looking…" : "Choose…"}</option>}
          {value !== "" && !series.includes(value) && <option value={value}>{short(value, 80)}</option>}
          {series.map((one) => (
            <option key={one} value={one}>
              {short(one, 80)}
            </option>
          ))}
        </select>
      </label>
      {error !== null && (
        <p role="alert" className={styles.error}>
          {error.message}
        </p>
      )}
      {!isPending && error === null && series.length === 0 && (
        <p className={styles.hint}>
          The first runs of the table have none. They come by <code>{HOW[what]}</code>.
        </p>
      )}
      {series.length > 0 && <p className={styles.hint}>A * stands for the step.</p>}
    </>
  );
}
