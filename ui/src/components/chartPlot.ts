/** Axes, cursor and canvas of a chart; nothing else knows uPlot. */
import uPlot from "uplot";

import "uplot/dist/uPlot.min.css";

import { formatNumber } from "@/lib/format";

import type { Line, Range, Shown } from "./chartData";
import { FAINT, drawLines } from "./chartDrawing";

/** Where the cursor is: in values, and in pixels from the corner of the chart. */
export interface Place {
  x: number;
  y: number;
  left: number;
  top: number;
}

export interface PlotOptions {
  element: HTMLElement;
  width: number;
  height: number;
  isTime: boolean;
  isLogX: boolean;
  isLogY: boolean;
  colours: { text: string; line: string; font: string };
  /** Told where the cursor is, in x and y and on the page; null when it has left. */
  onCursor: (place: Place | null) => void;
  /** Told which x was chosen; null for all of it. */
  onZoom: (range: Range | null) => void;
}

export interface Plot {
  show: (lines: readonly Line[], shown: Shown) => void;
  /** Draw one line above all others, or all alike. */
  point: (id: string | null) => void;
  /** Show the cursor at an x, as another chart does. */
  follow: (x: number | null) => void;
  resize: (width: number, height: number) => void;
  destroy: () => void;
}

const SCALES = { linear: 1 as uPlot.Scale.Distr, log: 3 as uPlot.Scale.Distr };
const PAN_PER_WHEEL_PX = 1 / 600;

/** Pictures of all lines, so that pointing at one of a hundred draws that one alone. */
class Layers {
  private readonly kept = new Map<string, HTMLCanvasElement>();

  get(key: string, like: HTMLCanvasElement, draw: (ctx: CanvasRenderingContext2D) => void): HTMLCanvasElement {
    const found = this.kept.get(key);
    if (found !== undefined) return found;
    const made = document.createElement("canvas");
    made.width = like.width;
    made.height = like.height;
    const context = made.getContext("2d");
    if (context !== null) draw(context);
    if (this.kept.size >= MOST_LAYERS) this.kept.clear();
    this.kept.set(key, made);
    return made;
  }

  clear(): void {
    this.kept.clear();
  }
}

const MOST_LAYERS = 2;

/** Make a chart in an element. */
export function plotIn({ element, width, height, isTime, isLogX, isLogY, colours, onCursor, onZoom }: PlotOptions): Plot {
  let lines: readonly Line[] = [];
  const layers = new Layers();
  let pointed: string | null = null;
  let isInside = false;
  let isPanning = false;
  const axis = { stroke: colours.text, grid: { stroke: colours.line, width: 1 }, ticks: { show: false }, font: colours.font };
  const plot = new uPlot(
    {
      width,
      height,
      padding: [8, 12, 0, 0],
      legend: { show: false },
      cursor: { points: { show: false }, drag: { x: true, y: false, setScale: false }, x: true, y: false },
      scales: {
        x: { time: isTime, auto: false, distr: isLogX ? SCALES.log : SCALES.linear },
        y: { auto: false, distr: isLogY ? SCALES.log : SCALES.linear },
      },
      axes: [
        { ...axis, scale: "x", size: 30 },
        { ...axis, scale: "y", size: 58, values: (_, ticks) => ticks.map((tick: number | null) => (tick === null ? "" : formatNumber(tick, 4))) },
      ],
      series: [{}, { show: false }],
      hooks: {
        draw: [
          (u) => {
            const places = { toX: (x: number) => u.valToPos(x, "x", true), toY: (y: number) => u.valToPos(y, "y", true), ...u.bbox, ratio: uPlot.pxRatio };
            const above = lines.find((line) => line.id === pointed);
            const { x, y } = u.scales;
            const { left, top, width: across, height: tall } = u.bbox;
            const key = [x?.min, x?.max, y?.min, y?.max, left, top, across, tall, above === undefined].join(" ");
            u.ctx.drawImage(layers.get(key, u.ctx.canvas, (ctx) => drawLines(ctx, lines, places, above === undefined ? 1 : FAINT)), 0, 0);
            if (above !== undefined) drawLines(u.ctx, [above], places, 1, 2.5);
          },
        ],
        setCursor: [
          (u) => {
            const { left = -1, top = -1 } = u.cursor;
            if (!isInside || isPanning || left < 0) return;
            onCursor({ x: u.posToVal(left, "x"), y: u.posToVal(top, "y"), left: left + u.over.offsetLeft, top: top + u.over.offsetTop });
          },
        ],
        setSelect: [
          (u) => {
            const { left, width: chosen } = u.select;
            if (chosen < 4) return;
            u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            if (!isPanning) onZoom([u.posToVal(left, "x"), u.posToVal(left + chosen, "x")]);
          },
        ],
      },
    },
    [[0, 1], [null, null]],
    element,
  );

  const range = (): Range => [plot.scales["x"]?.min ?? 0, plot.scales["x"]?.max ?? 1];
  const pan = (pixels: number): Range => {
    const across = plot.over.clientWidth;
    return [plot.posToVal(pixels, "x"), plot.posToVal(across + pixels, "x")];
  };
  const listeners: [string, (event: never) => void][] = [
    ["mouseenter", () => (isInside = true)],
    [
      "mouseleave",
      () => {
        isInside = false;
        onCursor(null);
      },
    ],
    ["dblclick", () => onZoom(null)],
    ["mousedown", (event: MouseEvent) => dragged(event)],
    [
      "wheel",
      (event: WheelEvent) => {
        const isZoom = event.ctrlKey || event.metaKey;
        const across = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
        if (!isZoom && Math.abs(across) <= Math.abs(event.deltaY) && !event.shiftKey) return;
        event.preventDefault();
        const [from, to] = range();
        if (isZoom) {
          const scale = Math.exp(event.deltaY / 300);
          const at = plot.posToVal(event.offsetX, "x");
          onZoom([at - (at - from) * scale, at + (to - at) * scale]);
        } else {
          onZoom(pan(across * PAN_PER_WHEEL_PX * plot.over.clientWidth));
        }
      },
    ],
  ];
  for (const [name, listener] of listeners) plot.over.addEventListener(name, listener as EventListener, { passive: false });

  /** With shift or alt held, move what is shown instead of choosing some of it. */
  function dragged(event: MouseEvent): void {
    if (!event.shiftKey && !event.altKey) return;
    isPanning = true;
    event.preventDefault();
    event.stopImmediatePropagation();
    onCursor(null);
    const start = event.clientX;
    const whole = pan(0);
    const placed = (now: number): Range => {
      const by = (start - now) / plot.over.clientWidth;
      if (isLogX) return [whole[0] * (whole[1] / whole[0]) ** by, whole[1] * (whole[1] / whole[0]) ** by];
      return [whole[0] + by * (whole[1] - whole[0]), whole[1] + by * (whole[1] - whole[0])];
    };
    const move = (moved: MouseEvent) => {
      const [min, max] = placed(moved.clientX);
      plot.setScale("x", { min, max });
    };
    const end = (ended: MouseEvent) => {
      window.removeEventListener("mousemove", move);
      isPanning = false;
      if (ended.clientX !== start) onZoom(placed(ended.clientX));
    };
    window.addEventListener("mousemove", move);
    window.addEventListener("mouseup", end, { once: true });
  }

  return {
    show(next, { x, y }) {
      lines = next;
      layers.clear();
      plot.batch(() => {
        plot.setScale("x", { min: x[0], max: x[1] });
        plot.setScale("y", { min: y[0], max: y[1] });
      });
      plot.redraw(false);
    },
    point(id) {
      if (id === pointed) return;
      pointed = id;
      plot.redraw(false);
    },
    follow(x) {
      if (!isInside) plot.setCursor(x === null ? { left: -10, top: -10 } : { left: plot.valToPos(x, "x"), top: 0 }, false);
    },
    resize: (nextWidth, nextHeight) => plot.setSize({ width: nextWidth, height: nextHeight }),
    destroy: () => plot.destroy(),
  };
}
