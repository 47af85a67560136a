import { type RefObject, useEffect, useRef, useState } from "react";

import { type Pen, SvgPen } from "@/lib/svgPen";
import { rememberVector } from "@/lib/vectors";

/** A canvas as wide as its place, in the screen's own pixels; drawn when what it is drawn from changes. */
export function useCanvas(height: number, draw: (pen: Pen, width: number) => void): { canvasRef: RefObject<HTMLCanvasElement | null>; width: number } {
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const place = canvasRef.current?.parentElement;
    if (place === null || place === undefined) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(place);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const canvas = canvasRef.current;
    const context = canvas?.getContext("2d");
    if (canvas === null || context === null || context === undefined || width === 0) return;
    const ratio = window.devicePixelRatio;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    draw(context, width);
    rememberVector(canvas, () => {
      const pen = new SvgPen(context);
      draw(pen, width);
      return pen.toString();
    });
  }, [width, height, draw]);
  return { canvasRef, width };
}
