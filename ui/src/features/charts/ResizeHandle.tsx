import { type KeyboardEvent, type PointerEvent, useRef } from "react";

import styles from "./ChartGrid.module.css";

export interface Extent {
  /** Of the drawing, in pixels. */
  height: number;
  /** Columns of the grid. */
  span: number;
}

interface Props {
  label: string;
  extent: Extent;
  onExtent: (extent: Extent) => void;
}

const [LEAST, MOST, STEP] = [100, 900, 20];
const MOST_SPAN = 4;

/** The corner of a chart: drag it, or use the arrow keys, to make the chart wider or higher. */
export function ResizeHandle({ label, extent, onExtent }: Props) {
  const begun = useRef<{ x: number; y: number; column: number; extent: Extent } | null>(null);
  const set = (height: number, span: number) =>
    onExtent({ height: Math.round(Math.max(LEAST, Math.min(MOST, height))), span: Math.max(1, Math.min(MOST_SPAN, Math.round(span))) });
  const press = (event: KeyboardEvent) => {
    const [wider, higher] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, STEP], ArrowUp: [0, -STEP] }[event.key] ?? [];
    if (wider === undefined || higher === undefined) return;
    event.preventDefault();
    set(extent.height + higher, extent.span + wider);
  };
  const drag = (event: PointerEvent) => {
    const from = begun.current;
    if (from !== null) set(from.extent.height + event.clientY - from.y, from.extent.span + (event.clientX - from.x) / from.column);
  };
  return (
    <button
      type="button"
      className={styles.handle}
      aria-label={label}
      title="Drag to make it wider or higher, or use the arrow keys"
      onKeyDown={press}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.focus();
        event.currentTarget.setPointerCapture(event.pointerId);
        const width = event.currentTarget.parentElement?.getBoundingClientRect().width ?? 300;
        begun.current = { x: event.clientX, y: event.clientY, column: width / extent.span, extent };
      }}
      onPointerMove={drag}
      onPointerUp={() => {
        begun.current = null;
      }}
    />
  );
}
