import { type RefObject, useEffect, useMemo, useState } from "react";

import { Chart } from "@/components/Chart";
import type { View } from "@/components/chartData";
import { type ChartSettings, settingsOf } from "@/lib/chartSettings";
import type { Recorded } from "@/lib/fields";

import { FORMATS_X, xLabelOf } from "./axes";
import styles from "./ChartGrid.module.css";
import { Legend } from "./Legend";
import type { DrawnLine } from "./lines";
import { useCurves } from "./useCurves";

export interface CurvesProps {
  metric: string;
  runs: readonly Recorded[];
  settings: ChartSettings;
  onChange: (change: Partial<ChartSettings>) => void;
  /** Params and tags by which runs are one line. */
  group: readonly string[] | undefined;
  /** Leave the curves of runs out, or those of all others. */
  onHide?: ((runIds: readonly string[], isAlone: boolean) => void) | undefined;
  height: number;
  /** Whether each line is named, or the first few. */
  isWhole?: boolean;
  /** Given the lines that are shown, to save them. */
  linesRef?: RefObject<readonly DrawnLine[]>;
}

/** One metric of some runs, with a legend. */
export function Curves({ metric, runs, settings, onChange, group, onHide, height, isWhole = false, linesRef }: CurvesProps) {
  const { lines, error } = useCurves(metric, runs, settings, group);
  useEffect(() => {
    if (linesRef !== undefined) linesRef.current = lines ?? [];
  }, [linesRef, lines]);
  const [pointed, setPointed] = useState<string | null>(null);
  const { x = "step", logX = false, zoom } = settings;
  const { logY = false, clip = false, y } = settingsOf(settings, metric);
  const [low, high] = y ?? [null, null];
  const view = useMemo(
    (): View => ({ zoom: zoom ?? null, isLogX: logX, isLogY: logY, isClipped: clip, y: [low, high] }),
    [zoom, logX, logY, clip, low, high],
  );
  if (error !== null) return <Waiting height={height} text={error.message} />;
  if (lines === null) return <Waiting height={height} text="" />;
  if (lines.length === 0) return <Waiting height={height} text="None of these runs has points of it." />;
  return (
    <>
      <Chart
        label={metric}
        lines={lines}
        height={height}
        xLabel={xLabelOf(settings)}
        xKind={x === "time" ? "time" : "number"}
        view={view}
        onZoom={(range) => onChange({ zoom: range === null ? undefined : [...range] })}
        syncKey={`x-${x}-${settings.xMetric ?? ""}`}
        formatX={FORMATS_X[x]}
        pointed={pointed}
      />
      {lines.length > 1 && <Legend lines={lines} isWhole={isWhole} onPoint={setPointed} onHide={onHide} />}
    </>
  );
}

function Waiting({ height, text }: { height: number; text: string }) {
  return (
    <div className={styles.wait} style={{ height }}>
      {text}
    </div>
  );
}
