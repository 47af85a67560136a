/** Parallel coordinates on a canvas. */
import type { Brush } from "@/lib/extraPanels";
import { fieldOf, titleOf } from "@/lib/fields";
import type { Pen } from "@/lib/svgPen";

import type { Ink } from "./ink";
import { short } from "./names";
import { type Axis, extentOf, placeOfKind, placeOfNumber } from "./parallel";
import { formatField } from "./rowValue";
import { logTicks, roundTicks } from "./ticks";

export const PAD = { top: 40, bottom: 14, side: 46 };

/** How far a brush is drawn beyond the ends of its axis at most. */
const OVER = 0.02;

/** A run as a line: where it stands on each axis. */
export interface ParallelLine {
  places: readonly (number | null)[];
  colour: string;
  isBright: boolean;
}

export interface Picture {
  axes: readonly Axis[];
  lines: readonly ParallelLine[];
  brushes: Readonly<Record<string, Brush>>;
  /** The line under the pointer, drawn above all. */
  over: number | null;
  /** Where axes stand, in pixels. */
  xs: readonly number[];
}

/** Return where axes stand. */
export function axisPlaces(count: number, width: number): number[] {
  if (count === 1) return [width / 2];
  return Array.from({ length: count }, (_, at) => PAD.side + (at * (width - 2 * PAD.side)) / (count - 1));
}

/** Return the pixel of a place on an axis. */
export const pixelOf = (place: number, height: number): number => PAD.top + (1 - place) * (height - PAD.top - PAD.bottom);

/** Return the place of a pixel. */
export const placeAt = (pixel: number, height: number): number => 1 - (pixel - PAD.top) / (height - PAD.top - PAD.bottom);

/** Draw everything. */
export function drawParallel(context: Pen, picture: Picture, height: number, ink: Ink): void {
  const { lines, over } = picture;
  context.lineJoin = "round";
  const bright = lines.filter(({ isBright }) => isBright);
  context.lineWidth = 1;
  for (const line of lines) if (!line.isBright) stroke(context, line, picture, height, ink.line, 0.45);
  const alpha = Math.max(0.25, Math.min(0.85, 60 / Math.max(1, bright.length)));
  context.lineWidth = bright.length > 200 ? 1 : 1.4;
  for (const line of bright) stroke(context, line, picture, height, line.colour, alpha);
  drawAxes(context, picture, height, ink);
  const hit = over === null ? undefined : lines[over];
  if (hit !== undefined) {
    context.lineWidth = 3;
    stroke(context, hit, picture, height, hit.colour, 1);
  }
  context.globalAlpha = 1;
}

function stroke(context: Pen, { places }: ParallelLine, { xs }: Picture, height: number, colour: string, alpha: number): void {
  context.globalAlpha = alpha;
  context.strokeStyle = colour;
  context.beginPath();
  let isPen = false;
  places.forEach((place, at) => {
    if (place === null) {
      isPen = false;
      return;
    }
    const [x, y] = [xs[at] ?? 0, pixelOf(place, height)];
    if (isPen) context.lineTo(x, y);
    else context.moveTo(x, y);
    isPen = true;
  });
  context.stroke();
}

function drawAxes(context: Pen, { axes, brushes, xs }: Picture, height: number, ink: Ink): void {
  context.globalAlpha = 1;
  const room = (xs[1] ?? 2 * (xs[0] ?? 100)) - (xs[0] ?? 0);
  axes.forEach((axis, at) => {
    const x = xs[at] ?? 0;
    context.strokeStyle = ink.strong;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, PAD.top);
    context.lineTo(x, height - PAD.bottom);
    context.stroke();
    context.font = `600 12px ${ink.font}`;
    context.textBaseline = "alphabetic";
    context.textAlign = "center";
    context.fillStyle = ink.text;
    context.fillText(short(titleOf(fieldOf(axis.id)), Math.max(4, Math.floor(room / 7))), x, 16, room - 6);
    const brush = brushes[axis.id];
    const extent = brush === undefined ? null : extentOf(axis, brush);
    if (extent !== null) {
      const [top, bottom] = [pixelOf(Math.min(extent[1], 1 + OVER), height), pixelOf(Math.max(extent[0], -OVER), height)];
      context.fillStyle = ink.accent;
      context.globalAlpha = 0.22;
      context.fillRect(x - 9, top, 18, Math.max(2, bottom - top));
      context.globalAlpha = 1;
      context.strokeStyle = ink.accent;
      context.strokeRect(x - 9, top, 18, Math.max(2, bottom - top));
    }
    for (const { place, text } of ticksOf(axis, height)) label(context, text, x, pixelOf(place, height), ink, room);
  });
}

function ticksOf(axis: Axis, height: number): { place: number; text: string }[] {
  if (axis.kind === "kinds") {
    const every = Math.max(1, Math.ceil((axis.names.length * 14) / (height - PAD.top - PAD.bottom)));
    return axis.names.map((name, at) => ({ place: placeOfKind(at, axis.names.length), text: short(name, 14) })).filter((_, at) => at % every === 0);
  }
  const values = axis.few.length > 0 ? axis.few : axis.kind === "log" ? logTicks(axis.low, axis.high) : roundTicks(axis.low, axis.high);
  return values.flatMap((value) => {
    const place = placeOfNumber(axis, value);
    return place === null ? [] : [{ place, text: formatField(value, axis.id, 3) }];
  });
}

function label(context: Pen, text: string, x: number, y: number, ink: Ink, room: number): void {
  context.font = `11px ${ink.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  const width = Math.min(context.measureText(text).width, room - 16);
  context.globalAlpha = 0.82;
  context.fillStyle = ink.surface;
  context.fillRect(x + 4, y - 7, width + 4, 14);
  context.globalAlpha = 1;
  context.fillStyle = ink.text;
  context.fillText(text, x + 6, y, Math.max(10, room - 16));
}

/** Return the line nearest to a point, or null where none is near; bright ones only. */
export function lineAt({ lines, xs }: Picture, x: number, y: number, height: number): number | null {
  let segment = 0;
  while (segment < xs.length - 2 && x > (xs[segment + 1] ?? Infinity)) segment += 1;
  const [from, to] = [xs[segment] ?? 0, xs[segment + 1] ?? 1];
  const share = Math.max(0, Math.min(1, (x - from) / (to - from)));
  let best: number | null = null;
  let least = 8;
  lines.forEach(({ places, isBright }, at) => {
    const [left, right] = [places[segment] ?? null, places[segment + 1] ?? null];
    if (!isBright || left === null || right === null) return;
    const distance = Math.abs(pixelOf(left + (right - left) * share, height) - y);
    if (distance < least) {
      least = distance;
      best = at;
    }
  });
  return best;
}
