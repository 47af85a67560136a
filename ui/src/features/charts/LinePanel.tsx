import { Download, Ellipsis, EyeOff, FileSpreadsheet, Maximize2, MoveLeft, MoveRight, SlidersHorizontal, ZoomOut } from "lucide-react";
import { useRef, useState } from "react";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Menu } from "@/components/Menu";
import { useInView } from "@/components/useInView";
import { type ChartSettings, type ChartSize, type OwnSettings, settingsOf } from "@/lib/chartSettings";
import { saveFile, savePicture } from "@/lib/download";

import { FORMATS_X, xLabelOf } from "./axes";
import styles from "./ChartGrid.module.css";
import { Curves, type CurvesProps } from "./Curves";
import { csvOfLines, svgOfLines } from "./exports";
import type { DrawnLine } from "./lines";
import { PanelSettings } from "./PanelSettings";
import { ResizeHandle } from "./ResizeHandle";

const HEIGHTS: Record<ChartSize, number> = { s: 140, m: 200, l: 320 };

interface Props extends Omit<CurvesProps, "height" | "isWhole" | "linesRef"> {
  /** Put it before another chart of its section, or after all others. */
  onMove: (metric: string, before: string | null) => void;
  earlier: string | undefined;
  /** The one after the next, or null at the end. */
  later: string | null | undefined;
}

/** One metric of all runs that are shown, in its frame. */
export function LinePanel(props: Props) {
  const { metric, settings, onChange, onMove, earlier, later } = props;
  const [open, setOpen] = useState<"full" | "settings" | null>(null);
  const [box, isSeen] = useInView<HTMLDivElement>();
  const { height = HEIGHTS[settings.size ?? "m"], span = 1 } = settings.own?.[metric] ?? {};
  const body = useRef<HTMLDivElement>(null);
  const linesRef = useRef<readonly DrawnLine[]>([]);
  const keep = (own: OwnSettings | undefined) => {
    const others = Object.fromEntries(Object.entries(settings.own ?? {}).filter(([key]) => key !== metric));
    const next = own === undefined ? others : { ...others, [metric]: own };
    onChange({ own: Object.keys(next).length === 0 ? undefined : next });
    setOpen(null);
  };
  return (
    <div
      ref={box}
      className={styles.panel}
      data-panel={metric}
      style={span > 1 ? { gridColumn: `span ${span}` } : undefined}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(DRAGGED)) event.preventDefault();
      }}
      onDrop={(event) => {
        const moved = event.dataTransfer.getData(DRAGGED);
        if (moved !== "" && moved !== metric) onMove(moved, metric);
      }}
    >
      <div className={styles.head} draggable onDragStart={(event) => event.dataTransfer.setData(DRAGGED, metric)}>
        <h3 className={styles.name} title={metric}>
          {metric}
        </h3>
        {settings.zoom !== undefined && (
          <Button kind="quiet" icon={<ZoomOut />} aria-label="Show all of it" onClick={() => onChange({ zoom: undefined })} />
        )}
        <Button kind="quiet" icon={<Maximize2 />} aria-label={`Show ${metric} large`} onClick={() => setOpen("full")} />
        <Menu
          label={`What to do with ${metric}`}
          align="end"
          trigger={(given) => <Button {...given} kind="quiet" icon={<Ellipsis />} aria-label={`Menu of ${metric}`} />}
          items={[
            { label: "Settings…", icon: <SlidersHorizontal />, onSelect: () => setOpen("settings") },
            "line",
            { label: "Move earlier", icon: <MoveLeft />, isDisabled: earlier === undefined, onSelect: () => onMove(metric, earlier ?? null) },
            { label: "Move later", icon: <MoveRight />, isDisabled: later === undefined, onSelect: () => onMove(metric, later ?? null) },
            "line",
            {
              label: "Save as PNG",
              icon: <Download />,
              onSelect: () => {
                if (body.current !== null) savePicture(`${metric}.png`, metric, body.current, inkOf(body.current));
              },
            },
            { label: "Save as SVG", icon: <Download />, onSelect: () => saveLines(metric, linesRef.current, settings, "svg") },
            { label: "Save as CSV", icon: <FileSpreadsheet />, onSelect: () => saveLines(metric, linesRef.current, settings, "csv") },
            "line",
            { label: "Leave it out", icon: <EyeOff />, onSelect: () => onChange({ without: [...(settings.without ?? []), metric] }) },
          ]}
        />
      </div>
      <div ref={body}>{isSeen ? <Curves {...props} height={height} linesRef={linesRef} /> : <div style={{ height: height + LEGEND_PX }} />}</div>
      <ResizeHandle label={`Size of ${metric}`} extent={{ height, span }} onExtent={(extent) => keep({ ...settings.own?.[metric], ...extent })} />
      {open === "full" && (
        <Dialog title={metric} size="full" onClose={() => setOpen(null)}>
          <Curves {...props} height={window.innerHeight - 210} isWhole />
        </Dialog>
      )}
      {open === "settings" && <PanelSettings metric={metric} settings={settings} onSave={keep} onClose={() => setOpen(null)} />}
    </div>
  );
}

const DRAGGED = "text/x-chart";
const LEGEND_PX = 20;

function saveLines(metric: string, lines: readonly DrawnLine[], settings: ChartSettings, as: "csv" | "svg"): void {
  const label = xLabelOf(settings);
  if (as === "csv") {
    saveFile(`${metric}.csv`, csvOfLines(lines, metric, label), "text/csv");
    return;
  }
  const { logY = false, clip = false, y = [null, null] } = settingsOf(settings, metric);
  const view = { zoom: settings.zoom ?? null, isLogX: settings.logX ?? false, isLogY: logY, isClipped: clip, y };
  saveFile(`${metric}.svg`, svgOfLines(lines, view, metric, label, FORMATS_X[settings.x ?? "step"]), "image/svg+xml");
}

function inkOf(element: HTMLElement): { surface: string; text: string; font: string } {
  const { color, fontFamily } = getComputedStyle(element);
  const { backgroundColor } = getComputedStyle(element.parentElement ?? element);
  return { surface: backgroundColor, text: color, font: fontFamily };
}
