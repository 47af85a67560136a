import { Settings2 } from "lucide-react";

import { Button } from "@/components/Button";
import { Popover } from "@/components/Popover";
import type { Smoothing } from "@/lib/smoothing";
import type { Workspace, XAxis } from "@/lib/workspace";

import styles from "./ChartSettings.module.css";

interface Props {
  workspace: Workspace;
  onChange: (change: Partial<Workspace>) => void;
}

const AXES: readonly (readonly [XAxis, string])[] = [
  ["step", "Step"],
  ["time", "Time"],
  ["relative", "Time since the start"],
];

/** What all charts of a workspace have in common: x, scales, smoothing. */
export function ChartSettings({ workspace, onChange }: Props) {
  const { x = "step", smoothing = { kind: "none" }, logX = false, logY = false } = workspace;
  return (
    <Popover
      label="Chart settings"
      align="end"
      trigger={(props) => <Button {...props} kind="quiet" icon={<Settings2 />} aria-label="Chart settings" />}
    >
      {() => (
        <div className={styles.form}>
          <label>
            X
            <select value={x} onChange={(event) => onChange({ x: axisOf(event.target.value), zoom: undefined })}>
              {AXES.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <label>
            Smoothing
            <select value={smoothing.kind} onChange={(event) => onChange({ smoothing: smoothingOf(event.target.value) })}>
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
                onChange={(event) => onChange({ smoothing: { kind: "ema", weight: Number(event.target.value) } })}
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
                onChange={(event) => onChange({ smoothing: { kind: smoothing.kind, width: Number(event.target.value) } })}
              />
            </label>
          )}
          <label className={styles.check}>
            <input type="checkbox" checked={logX} onChange={(event) => onChange({ logX: event.target.checked || undefined })} />
            Logarithmic x
          </label>
          <label className={styles.check}>
            <input type="checkbox" checked={logY} onChange={(event) => onChange({ logY: event.target.checked || undefined })} />
            Logarithmic y
          </label>
        </div>
      )}
    </Popover>
  );
}

function axisOf(value: string): XAxis | undefined {
  const found = AXES.find(([axis]) => axis === value);
  return found === undefined || found[0] === "step" ? undefined : found[0];
}

function smoothingOf(kind: string): Smoothing | undefined {
  if (kind === "ema") return { kind, weight: 0.6 };
  if (kind === "gaussian" || kind === "mean") return { kind, width: 5 };
  return undefined;
}
