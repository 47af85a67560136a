import type { Smoothing } from "@/lib/smoothing";

interface Props {
  smoothing: Smoothing;
  onChange: (smoothing: Smoothing) => void;
}

/** How curves are smoothed, and how much. */
export function SmoothingFields({ smoothing, onChange }: Props) {
  return (
    <>
      <label>
        Smoothing
        <select value={smoothing.kind} onChange={(event) => onChange(smoothingOf(event.target.value))}>
          <option value="none">None</option>
          <option value="ema">Exponential moving average</option>
          <option value="gaussian">Gaussian</option>
          <option value="mean">Running mean</option>
        </select>
      </label>
      {smoothing.kind === "ema" && (
        <label>
          Weight {smoothing.weight}
          <input
            type="range"
            min={0}
            max={0.99}
            step={0.01}
            value={smoothing.weight}
            onChange={(event) => onChange({ kind: "ema", weight: Number(event.target.value) })}
          />
        </label>
      )}
      {(smoothing.kind === "gaussian" || smoothing.kind === "mean") && (
        <label>
          Points {smoothing.width}
          <input
            type="range"
            min={1}
            max={100}
            value={smoothing.width}
            onChange={(event) => onChange({ kind: smoothing.kind, width: Number(event.target.value) })}
          />
        </label>
      )}
    </>
  );
}

function smoothingOf(kind: string): Smoothing {
  if (kind === "ema") return { kind, weight: 0.6 };
  if (kind === "gaussian" || kind === "mean") return { kind, width: 5 };
  return { kind: "none" };
}
