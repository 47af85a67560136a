import { Download, Ellipsis, FileSpreadsheet, Maximize2, MoveLeft, MoveRight, Pencil, Trash2 } from "lucide-react";
import { useRef, useState } from "react";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Menu, type MenuItem } from "@/components/Menu";
import { toast, toastError } from "@/components/toasts";
import { useInView } from "@/components/useInView";
import { savePicture, saveFile } from "@/lib/download";
import { svgOf } from "@/lib/vectors";
import { type ExtraPanel, PANEL_SIZES, type PanelSize } from "@/lib/extraPanels";

import styles from "./ExtraPanels.module.css";
import { useInk } from "./ink";
import { titleFor } from "./kinds";
import { PanelBody } from "./PanelBody";

interface Props {
  panel: ExtraPanel;
  onChange: (panel: ExtraPanel) => void;
  onEdit: () => void;
  onRemove: () => void;
  onMove: { earlier?: () => void; later?: () => void };
}

const SIZE_NAMES: Record<PanelSize, string> = { s: "Small", m: "Medium", l: "Large" };
const HEIGHTS: Record<PanelSize, number> = { s: 240, m: 300, l: 380 };
const AUDIO_HEIGHT = 180;
const AS_PICTURE: readonly ExtraPanel["kind"][] = ["spread", "scatter", "parallel", "histogram", "vega"];
const AS_CSV: readonly ExtraPanel["kind"][] = ["spread", "scatter", "parallel", "importance", "vega"];

/** A panel in its frame: title, what may be done with it, full screen. */
export function PanelFrame({ panel, onChange, onEdit, onRemove, onMove }: Props) {
  const [isFull, setFull] = useState(false);
  const [box, isSeen] = useInView<HTMLElement>();
  const body = useRef<HTMLDivElement>(null);
  const csvRef = useRef<(() => string) | null>(null);
  const ink = useInk();
  const size = panel.size ?? "m";
  const title = titleFor(panel);
  const height = panel.kind === "media" && panel.media === "audio" ? AUDIO_HEIGHT : HEIGHTS[size];

  const items: (MenuItem | "line")[] = [
    { label: "Edit…", icon: <Pencil />, onSelect: onEdit },
    ...PANEL_SIZES.map((one): MenuItem => ({ label: SIZE_NAMES[one], isChecked: one === size, onSelect: () => onChange({ ...panel, size: one }) })),
    "line",
    { label: "Move earlier", icon: <MoveLeft />, isDisabled: onMove.earlier === undefined, onSelect: () => onMove.earlier?.() },
    { label: "Move later", icon: <MoveRight />, isDisabled: onMove.later === undefined, onSelect: () => onMove.later?.() },
    "line",
    ...(AS_PICTURE.includes(panel.kind)
      ? [
          {
            label: "Save as PNG",
            icon: <Download />,
            onSelect: () => {
              if (body.current !== null) savePicture(`${title}.png`, title, body.current, ink);
            },
          },
          {
            label: "Save as SVG",
            icon: <Download />,
            onSelect: () => {
              if (body.current !== null) svgOf(title, body.current, ink).then((svg) => saveFile(`${title}.svg`, svg, "image/svg+xml"), toastError);
            },
          },
        ]
      : []),
    ...(AS_CSV.includes(panel.kind)
      ? [
          {
            label: "Save as CSV",
            icon: <FileSpreadsheet />,
            onSelect: () => {
              if (csvRef.current === null) toast("There are no data to save yet.");
              else saveFile(`${title}.csv`, csvRef.current(), "text/csv");
            },
          },
        ]
      : []),
    { label: "Remove", icon: <Trash2 />, isDangerous: true, onSelect: onRemove },
  ];

  return (
    <article ref={box} className={`${styles.panel} ${styles[size]}`} aria-label={title.slice(0, 200)} data-extra-panel={panel.kind}>
      <div className={styles.head}>
        <h3 className={styles.name} title={title.slice(0, 1000)}>
          {title.slice(0, 300)}
        </h3>
        <Button kind="quiet" icon={<Maximize2 />} aria-label="Full screen" onClick={() => setFull(true)} />
        <Menu label="Panel" align="end" trigger={(props) => <Button {...props} kind="quiet" icon={<Ellipsis />} aria-label="Panel menu" />} items={items} />
      </div>
      <div ref={body} className={styles.body} style={{ height }}>
        {isSeen && <PanelBody panel={panel} height={height} onChange={onChange} csvRef={csvRef} />}
      </div>
      {isFull && (
        <Dialog title={title.slice(0, 300)} size="full" onClose={() => setFull(false)}>
          <PanelBody panel={panel} height={window.innerHeight - 140} onChange={onChange} csvRef={csvRef} />
        </Dialog>
      )}
    </article>
  );
}
