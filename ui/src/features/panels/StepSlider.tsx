import { formatNumber } from "@/lib/format";

import styles from "./MediaBody.module.css";

interface Props {
  steps: readonly number[];
  /** Which of the steps is shown. */
  at: number;
  onChange: (at: number) => void;
}

/** Goes through the steps there are, by pointer or arrow keys. */
export function StepSlider({ steps, at, onChange }: Props) {
  const step = formatNumber(steps[at] ?? 0, 12);
  return (
    <label className={styles.slider}>
      Step
      <input
        type="range"
        min={0}
        max={steps.length - 1}
        value={at}
        aria-label="Step"
        aria-valuetext={`Step ${step}`}
        onChange={(event) => onChange(Number(event.target.value))}
      />
      <output>{step}</output>
    </label>
  );
}
