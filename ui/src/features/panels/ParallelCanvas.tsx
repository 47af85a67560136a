import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, type PointerEvent, useCallback, useMemo, useState } from "react";

import type { Brush } from "@/lib/extraPanels";
import { fieldOf, titleOf } from "@/lib/fields";
import type { Pen } from "@/lib/svgPen";
import type { RunRow } from "@/lib/useRunRows";

import { useInk } from "./ink";
import { short } from "./names";
import { type Axis, brushOf, extentOf } from "./parallel";
import styles from "./ParallelBody.module.css";
import { axisPlaces, drawParallel, lineAt, PAD, type ParallelLine, type Picture, placeAt } from "./parallelDrawing";
import { labelOf } from "./rowValue";
import { useCanvas } from "./useCanvas";

interface Props {
  axes: readonly Axis[];
  lines: readonly ParallelLine[];
  rows: readonly RunRow[];
  brushes: Readonly<Record<string, Brush>>;
  height: number;
  onBrush: (axisId: string, brush: Brush | null) => void;
  onMove: (from: number, to: number) => void;
}

/** What is being dragged: a brush along an axis, or an axis by its name. */
type Drag = { kind: "brush"; axis: number; from: number; to: number } | { kind: "axis"; axis: number; x: number } | null;

const KEY_STEP = 0.05;

/** The picture, and what may be done with it by pointer or keys. */
export function ParallelCanvas({ axes, lines, rows, brushes, height, onBrush, onMove }: Props) {
  const ink = useInk();
  const navigate = useNavigate();
  const [drag, setDrag] = useState<Drag>(null);
  const [hover, setHover] = useState<{ x: number; y: number; over: number } | null>(null);
  const dragged = drag?.kind === "brush" ? axes[drag.axis] : undefined;
  const preview = drag?.kind === "brush" && dragged !== undefined ? brushOf(dragged, drag.from, drag.to) : null;
  const over = hover?.over ?? null;

  const pictureOf = useCallback(
    (width: number): Picture => {
      const shown = dragged === undefined || preview === null ? brushes : { ...brushes, [dragged.id]: preview };
      const xs = axisPlaces(axes.length, width).map((x, at) => (drag?.kind === "axis" && drag.axis === at ? drag.x : x));
      return { axes, lines, brushes: shown, over, xs };
    },
    [axes, lines, brushes, over, drag, dragged, preview],
  );
  const draw = useCallback((context: Pen, width: number) => drawParallel(context, pictureOf(width), height, ink), [pictureOf, height, ink]);
  const { canvasRef, width } = useCanvas(height, draw);
  const xs = useMemo(() => axisPlaces(axes.length, width), [axes.length, width]);
  const room = (xs[1] ?? width) - (xs[0] ?? 0);

  const pointAt = (event: PointerEvent): { x: number; y: number } => {
    const box = canvasRef.current?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  };
  const finish = () => {
    if (drag?.kind === "brush" && dragged !== undefined) {
      // A click without a drag takes the brush away.
      const isClick = Math.abs(drag.from - drag.to) * height < 4;
      onBrush(dragged.id, isClick ? null : preview);
    }
    if (drag?.kind === "axis") {
      const to = xs.reduce((best, x, at) => (Math.abs(x - drag.x) < Math.abs((xs[best] ?? 0) - drag.x) ? at : best), 0);
      if (to !== drag.axis) onMove(drag.axis, to);
    }
    setDrag(null);
  };
  const brushByKey = (event: KeyboardEvent, axis: Axis) => {
    if (event.key === "Escape" || event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      onBrush(axis.id, null);
      return;
    }
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    const brush = brushes[axis.id];
    const [low, high] = (brush === undefined ? null : extentOf(axis, brush)) ?? [0, 1];
    const by = (event.key === "ArrowUp" ? 1 : -1) * (axis.kind === "kinds" ? 1 / Math.max(1, axis.names.length - 1) : KEY_STEP);
    const next = event.shiftKey ? brushOf(axis, low, high + by) : brushOf(axis, low + by, high);
    if (next !== null) onBrush(axis.id, next);
  };

  const hit = over === null ? undefined : rows[over];
  return (
    <div
      className={styles.place}
      style={{ height }}
      onPointerMove={(event) => {
        const { x, y } = pointAt(event);
        if (drag !== null) return;
        const found = lineAt(pictureOf(width), x, y, height);
        setHover(found === null ? null : { x, y, over: found });
      }}
      onPointerLeave={() => setHover(null)}
      onClick={() => {
        if (hit !== undefined) void navigate({ to: "/runs/$runId", params: { runId: hit.info.run_id } });
      }}
    >
      <canvas ref={canvasRef} role="img" aria-label={`Parallel coordinates: ${rows.length} runs on ${axes.length} axes`} style={{ height, cursor: hit === undefined ? "default" : "pointer" }} />
      {axes.map((axis, at) => {
        const name = short(titleOf(fieldOf(axis.id)), 60);
        const x = xs[at] ?? 0;
        return (
          <div key={axis.id}>
            <button
              type="button"
              className={styles.name}
              data-dragged={drag?.kind === "axis" && drag.axis === at}
              style={{ left: x - room / 2 + 3, width: Math.max(20, room - 6) }}
              aria-label={`Axis ${name}: move with the left and right arrow keys`}
              title={titleOf(fieldOf(axis.id)).slice(0, 300)}
              onClick={(event) => event.stopPropagation()}
              onKeyDown={(event) => {
                const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
                if (by !== undefined && at + by >= 0 && at + by < axes.length) onMove(at, at + by);
              }}
              onPointerDown={(event) => {
                event.currentTarget.setPointerCapture(event.pointerId);
                setDrag({ kind: "axis", axis: at, x });
              }}
              onPointerMove={(event) => {
                if (drag?.kind === "axis") setDrag({ ...drag, x: pointAt(event).x });
              }}
              onPointerUp={finish}
              onPointerCancel={() => setDrag(null)}
            />
            <button
              type="button"
              className={styles.axis}
              style={{ left: x, top: PAD.top - 8, height: height - PAD.top - PAD.bottom + 16 }}
              aria-label={`Brush ${name}: arrow keys move its lower end, with Shift its upper end, Delete takes it away`}
              onClick={(event) => event.stopPropagation()}
              onKeyDown={(event) => brushByKey(event, axis)}
              onPointerDown={(event) => {
                event.currentTarget.setPointerCapture(event.pointerId);
                const place = placeAt(pointAt(event).y, height);
                setHover(null);
                setDrag({ kind: "brush", axis: at, from: place, to: place });
              }}
              onPointerMove={(event) => {
                if (drag?.kind === "brush") setDrag({ ...drag, to: placeAt(pointAt(event).y, height) });
              }}
              onPointerUp={finish}
              onPointerCancel={() => setDrag(null)}
            />
          </div>
        );
      })}
      {hit !== undefined && hover !== null && (
        <div
          className={styles.tip}
          style={{ top: Math.min(hover.y + 12, Math.max(0, height - 40 - 18 * axes.length)), ...(hover.x > width / 2 ? { right: width - hover.x + 14 } : { left: hover.x + 14 }) }}
        >
          <b>{short(hit.info.run_name, 50)}</b>
          <dl>
            {axes.slice(0, 12).map((axis) => (
              <Line key={axis.id} name={short(titleOf(fieldOf(axis.id)), 24)} value={short(labelOf(hit, axis.id), 24)} />
            ))}
          </dl>
        </div>
      )}
    </div>
  );
}

function Line({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
