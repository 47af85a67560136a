import { useEffect, useMemo } from "react";

import { ErrorState, Skeleton } from "@/components/States";
import { toCsv } from "@/lib/csv";
import type { VegaPanel } from "@/lib/extraPanels";

import type { BodyProps } from "./body";
import { PanelEmpty } from "./PanelNote";
import { useFieldChoices, usePanelRows } from "./usePanelRows";
import { vegaRows } from "./vegaRows";
import { fieldsIn, readSpec } from "./vegaSpec";
import { VegaView } from "./VegaView";

/** A Vega-Lite specification over the runs. */
export function VegaBody({ panel, height, csvRef }: BodyProps<VegaPanel>) {
  const choices = useFieldChoices();
  const read = useMemo(() => readSpec(panel.spec), [panel.spec]);
  const wanted = useMemo(() => {
    const known = [...choices.params.map((key) => `params.${key}`), ...choices.metrics.map((key) => `metrics.${key}`), ...choices.tags.map((key) => `tags.${key}`)];
    return fieldsIn(panel.spec, known);
  }, [panel.spec, choices]);
  const { rows, error } = usePanelRows(wanted);
  const data = useMemo(() => (rows === undefined ? null : vegaRows(rows)), [rows]);
  useEffect(() => {
    csvRef.current =
      rows === undefined || data === null
        ? null
        : () =>
            toCsv([
              ["run_id", "run_name", "status", ...wanted],
              ...rows.map((row, at) => [row.info.run_id, row.info.run_name, row.info.status, ...wanted.map((id) => valueAt(data[at], id))]),
            ]);
  }, [csvRef, rows, data, wanted]);
  if (panel.spec.trim() === "") return <PanelEmpty title="Nothing specified yet" height={height}>Edit this panel to write a Vega-Lite specification.</PanelEmpty>;
  if (read instanceof Error) return <PanelEmpty title="This specification cannot be drawn" height={height}>{read.message}</PanelEmpty>;
  if (error !== null) return <ErrorState error={error} />;
  if (data === null) return <Skeleton lines={4} height={height / 8} />;
  return <VegaView spec={read} data={data} height={height} label={panel.title ?? "Vega-Lite chart"} />;
}

function valueAt(row: ReturnType<typeof vegaRows>[number] | undefined, id: string): unknown {
  const [entity, key] = [id.slice(0, id.indexOf(".")), id.slice(id.indexOf(".") + 1)];
  if (entity === "params" || entity === "metrics" || entity === "tags") return row?.[entity][key];
  return undefined;
}
