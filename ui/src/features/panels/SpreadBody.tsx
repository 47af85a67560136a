import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";

import { ErrorState, Skeleton } from "@/components/States";
import { toCsv } from "@/lib/csv";
import { canvasColoursOf } from "@/lib/colour";
import type { SpreadPanel } from "@/lib/extraPanels";
import { fieldOf, titleOf } from "@/lib/fields";
import { formatCount } from "@/lib/format";
import type { RunRow } from "@/lib/useRunRows";
import { intervalOf } from "@/lib/statistics";

import type { BodyProps } from "./body";
import { EChart } from "./EChart";
import { useInk } from "./ink";
import { short } from "./names";
import { NOTE_PX, PanelEmpty, PanelNote } from "./PanelNote";
import { labelOf, numberOf, runColour } from "./rowValue";
import { gathered } from "./spread";
import { type Drawn, spreadOption } from "./spreadOption";
import { usePanelRows, usePanelRuns } from "./usePanelRows";

const MOST_GROUPS = 200;

/** A metric's last values: a bar for each run, or how they are spread in groups. */
export function SpreadBody({ panel, height, csvRef }: BodyProps<SpreadPanel>) {
  const { group } = usePanelRuns();
  const ink = useInk();
  const navigate = useNavigate();
  const by = useMemo(() => (panel.by === undefined ? group : panel.by === "run_id" ? [] : [panel.by]), [panel.by, group]);
  const { rows, count, error } = usePanelRows(useMemo(() => [panel.y, ...by], [panel.y, by]));
  const isByRun = by.length === 0 && panel.shape === "bar";

  const drawn = useMemo(() => {
    if (rows === undefined) return null;
    if (isByRun) return byRun(rows, panel.y, ink.isDark);
    const pairs = rows.map((row): [string, number | null] => [
      by.length === 0 ? "all runs" : by.map((id) => labelOf(row, id)).join(" · "),
      numberOf(row, panel.y),
    ]);
    const { groups, left } = gathered(pairs);
    const colours = canvasColoursOf(groups.map(({ name }) => name), ink.isDark);
    const shown = groups.slice(0, MOST_GROUPS).map((one): Drawn => ({ ...one, colour: colours.get(one.name) ?? ink.dim }));
    return { shown, left, cut: groups.length - shown.length };
  }, [rows, isByRun, panel.y, by, ink]);

  const option = useMemo(
    () => (drawn === null ? null : spreadOption(drawn.shown, { shape: panel.shape, isByRun, metric: titleOf(fieldOf(panel.y)), height: height - NOTE_PX, ink })),
    [drawn, panel.shape, panel.y, isByRun, height, ink],
  );
  useEffect(() => {
    csvRef.current =
      drawn === null
        ? null
        : () =>
            toCsv([
              ["group", "n", "mean", "interval_95_half", "values"],
              ...drawn.shown.map(({ name, values }) => {
                const { count: n, mean, half } = intervalOf(values);
                return [name, n, mean, Number.isNaN(half) ? null : half, values.join(" ")];
              }),
            ]);
  }, [csvRef, drawn]);

  if (panel.y === "") return <PanelEmpty title="No metric chosen" height={height}>Edit this panel to choose one.</PanelEmpty>;
  if (error !== null) return <ErrorState error={error} />;
  if (drawn === null || rows === undefined || option === null) return <Skeleton lines={4} height={height / 8} />;
  if (drawn.shown.length === 0) {
    return (
      <PanelEmpty title="No finite value yet" height={height}>
        None of {formatCount(rows.length, "run")} has a finite last value of {short(titleOf(fieldOf(panel.y)))}.
      </PanelEmpty>
    );
  }
  return (
    <>
      <EChart
        label={`${titleOf(fieldOf(panel.y)).slice(0, 200)}: ${drawn.shown.length} ${isByRun ? "runs" : "groups"}`}
        height={height - NOTE_PX}
        option={option}
        onPick={({ dataIndex }) => {
          const id = drawn.shown[dataIndex]?.runId;
          if (id !== undefined) void navigate({ to: "/runs/$runId", params: { runId: id } });
        }}
      />
      <PanelNote>
        {isByRun ? "last values" : panel.shape === "bar" ? "mean of last values, 95 % interval by Student’s t" : panel.shape === "box" ? "quartiles, whiskers to 1.5 times their distance" : "density by a Gaussian kernel, median and quartiles"}
        {` · ${formatCount(rows.length - drawn.left, "run")}`}
        {count > rows.length && ` of ${formatCount(count, "run")}`}
        {drawn.left > 0 && ` · ${drawn.left} without a finite value`}
        {drawn.cut > 0 && ` · ${formatCount(drawn.cut, "more group")}`}
      </PanelNote>
    </>
  );
}

function byRun(rows: readonly RunRow[], y: string, isDark: boolean): { shown: Drawn[]; left: number; cut: number } {
  const shown = rows.flatMap((row): Drawn[] => {
    const value = numberOf(row, y);
    if (value === null || !Number.isFinite(value)) return [];
    return [{ name: row.info.run_name, values: [value], colour: runColour(row, isDark), runId: row.info.run_id }];
  });
  return { shown, left: rows.length - shown.length, cut: 0 };
}
