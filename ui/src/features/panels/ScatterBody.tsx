import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";

import { ErrorState, Skeleton } from "@/components/States";
import { toCsv } from "@/lib/csv";
import type { ScatterPanel } from "@/lib/extraPanels";
import { fieldOf, titleOf } from "@/lib/fields";
import { formatCount } from "@/lib/format";

import type { BodyProps } from "./body";
import { EChart } from "./EChart";
import { useInk } from "./ink";
import { ColourLegend, NOTE_PX, PanelEmpty, PanelNote } from "./PanelNote";
import { colouring } from "./colouring";
import { pointsOf } from "./points";
import { scatterOption } from "./scatterOption";
import { usePanelRows } from "./usePanelRows";

/** Runs as points by any two of their numbers. */
export function ScatterBody({ panel, height, csvRef }: BodyProps<ScatterPanel>) {
  const { x, y, colour, logX = false, logY = false } = panel;
  const ink = useInk();
  const navigate = useNavigate();
  const { rows, count, error } = usePanelRows(useMemo(() => [x, y, ...(colour === undefined ? [] : [colour])], [x, y, colour]));
  const points = useMemo(() => (rows === undefined ? null : pointsOf(rows, { x, y, isLogX: logX, isLogY: logY })), [rows, x, y, logX, logY]);
  const coloured = useMemo(() => (points === null ? null : colouring(points.map(({ row }) => row), colour, ink.isDark)), [points, colour, ink.isDark]);
  const option = useMemo(
    () => (points === null || coloured === null ? null : scatterOption(points, coloured, { x, y, colour, isLogX: logX, isLogY: logY, ink })),
    [points, coloured, x, y, colour, logX, logY, ink],
  );
  useEffect(() => {
    csvRef.current = points === null ? null : () => toCsv([["run_id", "run_name", x, y], ...points.map((one) => [one.row.info.run_id, one.row.info.run_name, one.x, one.y])]);
  }, [csvRef, points, x, y]);

  if (x === "" || y === "") return <PanelEmpty title="No axes chosen" height={height}>Edit this panel to choose x and y.</PanelEmpty>;
  if (error !== null) return <ErrorState error={error} />;
  if (points === null || rows === undefined || option === null || coloured === null) return <Skeleton lines={4} height={height / 8} />;
  if (points.length === 0) {
    return (
      <PanelEmpty title="No run has both" height={height}>
        A run is a point when both are finite numbers{logX || logY ? ", above 0 on a logarithmic axis" : ""}.
      </PanelEmpty>
    );
  }
  const left = rows.length - points.length;
  return (
    <>
      <EChart
        label={`${titleOf(fieldOf(y)).slice(0, 100)} over ${titleOf(fieldOf(x)).slice(0, 100)} of ${points.length} runs`}
        height={height - NOTE_PX}
        option={option}
        onPick={({ dataIndex }) => {
          const id = points[dataIndex]?.row.info.run_id;
          if (id !== undefined) void navigate({ to: "/runs/$runId", params: { runId: id } });
        }}
      />
      <PanelNote>
        {formatCount(points.length, "run")}
        {count > rows.length && ` of the first ${rows.length.toLocaleString("en")} of ${count.toLocaleString("en")}`}
        {left > 0 && ` · ${left} without both numbers`}
        {coloured.note !== null && ` · ${coloured.scale === null ? coloured.note : `colour: ${coloured.scale.title}`}`}
        <ColourLegend kinds={coloured.kinds} />
      </PanelNote>
    </>
  );
}
