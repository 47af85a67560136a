import { Settings2 } from "lucide-react";

import { Button } from "@/components/Button";
import { Popover } from "@/components/Popover";
import { BANDS, type BandKind, CHART_SIZES, type ChartSettings as Settings, type ChartSize, type XAxis } from "@/lib/chartSettings";
import { formatCount } from "@/lib/format";

import styles from "./ChartSettings.module.css";
import { SmoothingFields } from "./SmoothingFields";

interface Props {
  settings: Settings;
  onChange: (change: Partial<Settings>) => void;
  /** Metrics that may be x. */
  metrics: readonly string[];
  isGrouped?: boolean;
}

const AXES: readonly (readonly [XAxis, string])[] = [
  ["step", "Step"],
  ["time", "Time"],
  ["relative", "Time since the start"],
];
const BAND_TITLES: Record<BandKind, string> = {
  interval: "95 % interval of the mean (Student’s t)",
  range: "Least to greatest",
  deviation: "Standard deviation",
  none: "None",
};
const SIZE_TITLES: Record<ChartSize, string> = { s: "Small", m: "Medium", l: "Large" };
const MOST_METRICS = 500;

/** What all charts have in common: x, scales, smoothing, size. */
export function ChartSettings({ settings, onChange, metrics, isGrouped = false }: Props) {
  const { x = "step", xMetric = "", smoothing = { kind: "none" }, band = "interval", size = "m", without = [] } = settings;
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
            <select value={x === "metric" ? `metric ${xMetric}` : x} onChange={(event) => onChange({ ...axisOf(event.target.value), zoom: undefined })}>
              {AXES.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
              <optgroup label="A metric">
                {[...new Set([...(x === "metric" ? [xMetric] : []), ...byEpoch(metrics).slice(0, MOST_METRICS)])].map((key) => (
                  <option key={key} value={`metric ${key}`}>
                    {key.slice(0, 80)}
                  </option>
                ))}
              </optgroup>
            </select>
          </label>
          <SmoothingFields
            smoothing={smoothing}
            onChange={(chosen) => onChange({ smoothing: chosen.kind === "none" ? undefined : chosen })}
          />
          {isGrouped && (
            <label>
              Around the mean of a group
              <select value={band} onChange={(event) => onChange({ band: BANDS.find((one) => one === event.target.value) })}>
                {BANDS.map((one) => (
                  <option key={one} value={one}>
                    {BAND_TITLES[one]}
                  </option>
                ))}
              </select>
            </label>
          )}
          <Check label="Logarithmic x" isOn={settings.logX} onChange={(logX) => onChange({ logX })} />
          <Check label="Logarithmic y" isOn={settings.logY} onChange={(logY) => onChange({ logY })} />
          <Check label="Leave outliers outside" isOn={settings.clip} onChange={(clip) => onChange({ clip })} />
          <label>
            Size
            <select value={size} onChange={(event) => onChange({ size: CHART_SIZES.find((one) => one === event.target.value) })}>
              {CHART_SIZES.map((one) => (
                <option key={one} value={one}>
                  {SIZE_TITLES[one]}
                </option>
              ))}
            </select>
          </label>
          {without.length > 0 && <Button onClick={() => onChange({ without: undefined })}>Show {formatCount(without.length, "chart")} again</Button>}
        </div>
      )}
    </Popover>
  );
}

function Check({ label, isOn = false, onChange }: { label: string; isOn: boolean | undefined; onChange: (isOn: true | undefined) => void }) {
  return (
    <label className={styles.check}>
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.target.checked || undefined)} />
      {label}
    </label>
  );
}

function axisOf(value: string): Pick<Settings, "x" | "xMetric"> {
  if (value.startsWith("metric ")) return { x: "metric", xMetric: value.slice("metric ".length) };
  const found = AXES.find(([axis]) => axis === value)?.[0];
  return { x: found === "step" ? undefined : found, xMetric: undefined };
}

/** Return metrics with those first that say which epoch it is. */
const byEpoch = (metrics: readonly string[]): string[] =>
  [...metrics].sort((one, other) => Number(/epoch/i.test(other)) - Number(/epoch/i.test(one)));
