import { useEffect, useMemo } from "react";

import { Button } from "@/components/Button";
import { ErrorState, Skeleton } from "@/components/States";
import { toCsv } from "@/lib/csv";
import type { Brush, ParallelPanel } from "@/lib/extraPanels";
import { formatCount } from "@/lib/format";

import type { BodyProps } from "./body";
import { colouring } from "./colouring";
import { useInk } from "./ink";
import { axisFor, filterOf, isWithin, placeOf } from "./parallel";
import styles from "./ParallelBody.module.css";
import { ParallelCanvas } from "./ParallelCanvas";
import { ColourLegend, PanelEmpty } from "./PanelNote";
import { labelOf } from "./rowValue";
import { usePanelRows, usePanelRuns } from "./usePanelRows";

const FOOT_PX = 36;
const NO_BRUSHES: Readonly<Record<string, Brush>> = {};
const NO_LOG: readonly string[] = [];

/** Runs as lines through an axis for each field; brushes say which are bright. */
export function ParallelBody({ panel, height, onChange, csvRef }: BodyProps<ParallelPanel>) {
  const { axes: ids, colour, log = NO_LOG, brushes = NO_BRUSHES } = panel;
  const { filter, onFilter } = usePanelRuns();
  const ink = useInk();
  const { rows, count, error } = usePanelRows(useMemo(() => [...ids, ...(colour === undefined ? [] : [colour])], [ids, colour]));
  const axes = useMemo(() => (rows === undefined ? [] : ids.map((id) => axisFor(id, rows, log.includes(id)))), [rows, ids, log]);
  const lines = useMemo(() => {
    if (rows === undefined) return null;
    const { colours, note, kinds } = colouring(rows, colour, ink.isDark);
    const kept = Object.entries(brushes).filter(([id]) => ids.includes(id));
    const drawn = rows.map((row, at) => ({
      places: axes.map((axis) => placeOf(axis, row)),
      colour: colours[at] ?? ink.dim,
      isBright: kept.every(([id, brush]) => isWithin(row, id, brush)),
    }));
    return { drawn, note, kinds, bright: drawn.filter(({ isBright }) => isBright).length, isBrushed: kept.length > 0 };
  }, [rows, axes, ids, colour, brushes, ink]);
  useEffect(() => {
    csvRef.current =
      rows === undefined ? null : () => toCsv([["run_id", "run_name", ...ids], ...rows.map((row) => [row.info.run_id, row.info.run_name, ...ids.map((id) => labelOf(row, id))])]);
  }, [csvRef, rows, ids]);

  if (ids.length < 2) return <PanelEmpty title="Fewer than two axes" height={height}>Edit this panel to choose params and metrics.</PanelEmpty>;
  if (error !== null) return <ErrorState error={error} />;
  if (rows === undefined || lines === null) return <Skeleton lines={5} height={height / 9} />;
  if (rows.length === 0) return <PanelEmpty title="No runs" height={height} />;
  const keepBrushes = (next: [string, Brush][]) => onChange({ ...panel, brushes: next.length === 0 ? undefined : Object.fromEntries(next) });
  return (
    <>
      <ParallelCanvas
        axes={axes}
        lines={lines.drawn}
        rows={rows}
        brushes={brushes}
        height={height - FOOT_PX}
        onBrush={(id, brush) => {
          const others = Object.entries(brushes).filter(([one]) => one !== id);
          keepBrushes(brush === null ? others : [...others, [id, brush]]);
        }}
        onMove={(from, to) => {
          const next = [...ids];
          next.splice(to, 0, ...next.splice(from, 1));
          onChange({ ...panel, axes: next });
        }}
      />
      <div className={styles.foot}>
        <span className={styles.told}>
          {lines.isBrushed ? `${lines.bright.toLocaleString("en")} of ${formatCount(rows.length, "run")} brushed` : "Drag along an axis to choose runs; drag its name to move it"}
          {count > rows.length && ` · the first ${rows.length.toLocaleString("en")} of ${count.toLocaleString("en")}`}
          {lines.note !== null && ` · ${lines.note}`}
          <ColourLegend kinds={lines.kinds} />
        </span>
        {lines.isBrushed && (
          <>
            <Button
              onClick={() => {
                const shown = Object.fromEntries(Object.entries(brushes).filter(([id]) => ids.includes(id)));
                onFilter(filterOf(shown, rows, filter));
              }}
            >
              Filter the table by this
            </Button>
            <Button kind="quiet" onClick={() => keepBrushes([])}>
              Clear
            </Button>
          </>
        )}
      </div>
    </>
  );
}
