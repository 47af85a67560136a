import { useQuery } from "@tanstack/react-query";
import { Maximize2, ZoomOut } from "lucide-react";
import { useMemo, useState } from "react";

import { seriesQuery } from "@/api/queries";
import { Button } from "@/components/Button";
import { Chart, type Range } from "@/components/Chart";
import { Dialog } from "@/components/Dialog";
import { useIsDark } from "@/components/useIsDark";
import { useInView } from "@/components/useInView";
import { formatDuration, formatMoment } from "@/lib/time";
import { formatNumber } from "@/lib/format";
import type { Workspace, XAxis } from "@/lib/workspace";

import styles from "./ChartGrid.module.css";
import { linesOf } from "./lines";
import type { DrawnRun } from "./types";

const HEIGHT = 200;
const POINTS = 800;

const X_LABELS: Record<XAxis, string> = { step: "step", time: "time", relative: "after", metric: "step" };

interface Props {
  metric: string;
  runs: readonly DrawnRun[];
  workspace: Workspace;
  onChange: (change: Partial<Workspace>) => void;
}

/** One metric of all runs that are shown. */
export function LinePanel({ metric, runs, workspace, onChange }: Props) {
  const [isFull, setFull] = useState(false);
  const [box, isSeen] = useInView<HTMLDivElement>();
  return (
    <div ref={box} className={styles.panel} data-panel={metric}>
      <div className={styles.head}>
        <h3 className={styles.name} title={metric}>
          {metric}
        </h3>
        {workspace.zoom !== undefined && (
          <Button kind="quiet" icon={<ZoomOut />} aria-label="Show all of it" onClick={() => onChange({ zoom: undefined })} />
        )}
        <Button kind="quiet" icon={<Maximize2 />} aria-label={`Show ${metric} large`} onClick={() => setFull(true)} />
      </div>
      {isSeen ? (
        <Curves metric={metric} runs={runs} workspace={workspace} onChange={onChange} height={HEIGHT} />
      ) : (
        <div style={{ height: HEIGHT }} />
      )}
      {isFull && (
        <Dialog title={metric} size="full" onClose={() => setFull(false)}>
          <Curves metric={metric} runs={runs} workspace={workspace} onChange={onChange} height={window.innerHeight - 140} />
        </Dialog>
      )}
    </div>
  );
}

function Curves({ metric, runs, workspace, onChange, height }: Props & { height: number }) {
  const isDark = useIsDark();
  const { x = "step", smoothing = { kind: "none" as const }, logX = false, logY = false, zoom } = workspace;
  const asked = {
    runIds: runs.map((run) => run.info.run_id),
    keys: [metric],
    maxPoints: POINTS,
    // Steps that are looked at are read anew, finer than they were.
    range: x === "step" && zoom !== undefined ? ([Math.floor(zoom[0]), Math.ceil(zoom[1])] as const) : undefined,
  };
  const { data, error } = useQuery(seriesQuery(asked));
  const lines = useMemo(
    () =>
      data === undefined
        ? null
        : linesOf(data, { runs: new Map(runs.map((run) => [run.info.run_id, run])), x, smoothing, isDark }),
    [data, runs, x, smoothing, isDark],
  );
  if (error !== null) return <Waiting height={height} text={error.message} />;
  if (lines === null) return <Waiting height={height} text="" />;
  if (lines.length === 0) return <Waiting height={height} text="None of these runs has points of it." />;
  return (
    <Chart
      label={metric}
      lines={lines}
      height={height}
      xLabel={X_LABELS[x]}
      xKind={x === "time" ? "time" : "number"}
      isLogX={logX}
      isLogY={logY}
      range={zoom ?? null}
      onZoom={(range: Range | null) => onChange({ zoom: range === null ? undefined : [...range] })}
      syncKey={`x-${x}`}
      formatX={formatsX[x]}
    />
  );
}

const formatsX: Record<XAxis, (value: number) => string> = {
  step: (value) => formatNumber(value, 12),
  metric: (value) => formatNumber(value, 6),
  time: (value) => formatMoment(value * 1000),
  relative: (value) => formatDuration(value * 1000),
};

function Waiting({ height, text }: { height: number; text: string }) {
  return (
    <div className={styles.wait} style={{ height }}>
      {text}
    </div>
  );
}
