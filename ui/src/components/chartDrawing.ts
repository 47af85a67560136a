/** Lines on a canvas. */
import type { Line } from "./chartData";

export interface Places {
  toX: (x: number) => number;
  toY: (y: number) => number;
  left: number;
  top: number;
  width: number;
  height: number;
  /** Pixels of the screen for one of the page. */
  ratio: number;
}

/** How much of a line is seen while another one is pointed at. */
export const FAINT = 0.18;

/** Draw lines within their places. */
export function drawLines(ctx: CanvasRenderingContext2D, lines: readonly Line[], places: Places, alpha = 1, width = 1.5): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(places.left, places.top, places.width, places.height);
  ctx.clip();
  ctx.lineJoin = "round";
  for (const line of lines) drawLine(ctx, line, places, alpha, width);
  ctx.restore();
}

function drawLine(ctx: CanvasRenderingContext2D, line: Line, places: Places, alpha: number, width: number): void {
  ctx.strokeStyle = line.colour;
  ctx.fillStyle = line.colour;
  if (line.band !== undefined) {
    ctx.globalAlpha = 0.16 * alpha;
    fillBand(ctx, line.xs, line.band, places);
  }
  if (line.raw !== undefined) {
    ctx.globalAlpha = 0.25 * alpha;
    ctx.lineWidth = places.ratio;
    stroke(ctx, line.xs, line.raw, places);
  }
  ctx.globalAlpha = alpha;
  ctx.lineWidth = width * places.ratio;
  stroke(ctx, line.xs, line.ys, places);
  markOutside(ctx, line, places);
}

function stroke(ctx: CanvasRenderingContext2D, xs: Float64Array, ys: Float64Array, { toX, toY, ratio }: Places): void {
  ctx.beginPath();
  let isPen = false;
  let points = 0;
  let lastX = 0;
  let lastY = 0;
  for (let at = 0; at < xs.length; at++) {
    const x = toX(xs[at] ?? NaN);
    const y = toY(ys[at] ?? NaN);
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      isPen = false;
      continue;
    }
    if (isPen) ctx.lineTo(x, y);
    else ctx.moveTo(x, y);
    isPen = true;
    points += 1;
    lastX = x;
    lastY = y;
  }
  ctx.stroke();
  if (points === 1) {
    ctx.beginPath();
    ctx.arc(lastX, lastY, 3 * ratio, 0, 2 * Math.PI);
    ctx.fill();
  }
}

/** Fill what is between two edges, as often as both are there again. */
function fillBand(ctx: CanvasRenderingContext2D, xs: Float64Array, [lower, upper]: readonly [Float64Array, Float64Array], { toX, toY, ratio }: Places): void {
  let from = 0;
  while (from < xs.length) {
    while (from < xs.length && !isThere(lower, upper, from)) from += 1;
    let to = from;
    while (to < xs.length && isThere(lower, upper, to)) to += 1;
    if (to === from + 1) {
      ctx.fillRect(toX(xs[from] ?? NaN) - 3 * ratio, toY(upper[from] ?? NaN), 6 * ratio, toY(lower[from] ?? NaN) - toY(upper[from] ?? NaN));
    } else if (to > from) {
      ctx.beginPath();
      for (let at = from; at < to; at++) ctx.lineTo(toX(xs[at] ?? NaN), toY(upper[at] ?? NaN));
      for (let at = to - 1; at >= from; at--) ctx.lineTo(toX(xs[at] ?? NaN), toY(lower[at] ?? NaN));
      ctx.closePath();
      ctx.fill();
    }
    from = to;
  }
}

const isThere = (lower: Float64Array, upper: Float64Array, at: number): boolean => Number.isFinite(lower[at]) && Number.isFinite(upper[at]);

/** Mark at the edge where a line leaves what is shown. */
function markOutside(ctx: CanvasRenderingContext2D, { xs, ys }: Line, { toX, toY, left, width, top, height, ratio }: Places): void {
  const size = 4 * ratio;
  let last = -Infinity;
  for (let at = 0; at < xs.length; at++) {
    const y = toY(ys[at] ?? NaN);
    const isAbove = y < top - 1;
    if (!isAbove && !(y > top + height + 1)) continue;
    const x = toX(xs[at] ?? NaN);
    if (x < left || x > left + width || x - last < size * 2) continue;
    last = x;
    const edge = isAbove ? top : top + height;
    const inward = isAbove ? size : -size;
    ctx.beginPath();
    ctx.moveTo(x, edge);
    ctx.lineTo(x - size, edge + inward);
    ctx.lineTo(x + size, edge + inward);
    ctx.closePath();
    ctx.fill();
  }
}
