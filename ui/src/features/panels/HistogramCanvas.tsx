import { useCallback, useMemo, useState } from "react";

import { formatNumber } from "@/lib/format";
import type { Pen } from "@/lib/svgPen";

import styles from "./canvas.module.css";
import { rebinned } from "./histograms";
import { colourAt, type Ink, useInk } from "./ink";
import { roundTicks } from "./ticks";
import { useCanvas } from "./useCanvas";
import type { SteppedHistogram } from "./useHistograms";

interface Props {
  histograms: readonly SteppedHistogram[];
  /** Values from least to greatest. */
  range: readonly [number, number];
  style: "ridges" | "heat";
  height: number;
  label: string;
}

interface Binned {
  steps: number[];
  shares: Float64Array[];
  range: readonly [number, number];
  most: number;
}

const BINS = 80;
const PAD = { left: 56, right: 56, top: 8, bottom: 22 };
const RIDGE = 3.2;

/** Histograms over steps: as ridges behind each other, or as a map whose darkness is density. */
export function HistogramCanvas({ histograms, range, style, height, label }: Props) {
  const ink = useInk();
  const [at, setAt] = useState<{ x: number; y: number } | null>(null);
  const binned = useMemo((): Binned => {
    const shares = histograms.map(({ histogram }) => rebinned(histogram, range, BINS));
    return { steps: histograms.map(({ step }) => step), shares, range, most: Math.max(1e-12, ...shares.map((row) => Math.max(...row))) };
  }, [histograms, range]);
  const draw = useCallback(
    (context: Pen, width: number) => (style === "heat" ? drawHeat : drawRidges)(context, binned, width, height, ink),
    [binned, style, height, ink],
  );
  const { canvasRef, width } = useCanvas(height, draw);
  const hit = at === null ? null : hitAt(binned, style, at, width, height);
  return (
    <div
      className={styles.place}
      onPointerMove={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        setAt({ x: event.clientX - box.left, y: event.clientY - box.top });
      }}
      onPointerLeave={() => setAt(null)}
    >
      <canvas ref={canvasRef} role="img" aria-label={label} style={{ height }} />
      {hit !== null && at !== null && (
        <div className={styles.tip} style={{ top: Math.max(0, at.y - 34), ...(at.x > width / 2 ? { right: width - at.x + 8 } : { left: at.x + 8 }) }}>
          step {formatNumber(hit.step, 12)} · {formatNumber(hit.low, 4)} to {formatNumber(hit.high, 4)}: {formatNumber(hit.share * 100, 3)} %
        </div>
      )}
    </div>
  );
}

function placed(width: number, height: number) {
  return { wide: Math.max(1, width - PAD.left - PAD.right), high: Math.max(1, height - PAD.top - PAD.bottom) };
}

function hitAt({ steps, shares, range, most }: Binned, style: Props["style"], { x, y }: { x: number; y: number }, width: number, height: number) {
  const { wide, high } = placed(width, height);
  const across = (x - PAD.left) / wide;
  const down = (y - PAD.top) / high;
  if (across < 0 || across > 1 || down < 0 || down > 1) return null;
  const count = steps.length;
  let row: number;
  let bin: number;
  if (style === "heat") {
    row = Math.min(count - 1, Math.floor(across * count));
    bin = Math.min(BINS - 1, Math.floor((1 - down) * BINS));
  } else {
    bin = Math.min(BINS - 1, Math.floor(across * BINS));
    // The ridge in front of all others that reaches up to here.
    const { base, tall } = ridgesOf(count, high);
    row = -1;
    for (let index = count - 1; index >= 0; index--) {
      const foot = base(index) + PAD.top;
      const top = foot - ((shares[index]?.[bin] ?? 0) / most) * tall;
      if (y <= foot && y >= top) {
        row = index;
        break;
      }
    }
    if (row < 0) return null;
  }
  const step = (range[1] - range[0]) / BINS;
  return { step: steps[row] ?? 0, share: shares[row]?.[bin] ?? 0, low: range[0] + bin * step, high: range[0] + (bin + 1) * step };
}

function ridgesOf(count: number, high: number) {
  const gap = high / (count + RIDGE - 1);
  return { base: (row: number) => (row + RIDGE) * gap, tall: gap * RIDGE };
}

function drawRidges(context: Pen, { steps, shares, range, most }: Binned, width: number, height: number, ink: Ink): void {
  const { wide, high } = placed(width, height);
  const { base, tall } = ridgesOf(steps.length, high);
  axisBelow(context, range, wide, height, ink);
  shares.forEach((row, index) => {
    const foot = base(index) + PAD.top;
    context.beginPath();
    context.moveTo(PAD.left, foot);
    row.forEach((share, bin) => context.lineTo(PAD.left + ((bin + 0.5) / BINS) * wide, foot - (share / most) * tall));
    context.lineTo(PAD.left + wide, foot);
    context.fillStyle = ink.surface;
    context.globalAlpha = 0.92;
    context.fill();
    context.globalAlpha = 1;
    const colour = colourAt(steps.length === 1 ? 0.4 : index / (steps.length - 1), ink.isDark);
    context.fillStyle = colour;
    context.globalAlpha = 0.25;
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = colour;
    context.lineWidth = 1.25;
    context.stroke();
  });
  context.fillStyle = ink.dim;
  context.font = `11px ${ink.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  const every = Math.max(1, Math.ceil((steps.length * 14) / high));
  steps.forEach((step, index) => {
    if (index % every === 0 || index === steps.length - 1) context.fillText(formatNumber(step, 4), PAD.left + wide + 6, base(index) + PAD.top - 2, PAD.right - 8);
  });
}

function drawHeat(context: Pen, { steps, shares, range, most }: Binned, width: number, height: number, ink: Ink): void {
  const { wide, high } = placed(width, height);
  const [across, up] = [wide / steps.length, high / BINS];
  shares.forEach((row, index) =>
    row.forEach((share, bin) => {
      if (share === 0) return;
      context.globalAlpha = 0.08 + 0.92 * Math.sqrt(share / most);
      context.fillStyle = ink.accent;
      const [left, right] = [Math.round(PAD.left + index * across), Math.round(PAD.left + (index + 1) * across)];
      const [top, bottom] = [Math.round(PAD.top + high - (bin + 1) * up), Math.round(PAD.top + high - bin * up)];
      context.fillRect(left, top, right - left, bottom - top);
    }),
  );
  context.globalAlpha = 1;
  context.fillStyle = ink.dim;
  context.font = `11px ${ink.font}`;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const value of roundTicks(...range)) {
    const share = (value - range[0]) / (range[1] - range[0]);
    context.fillText(formatNumber(value, 3), PAD.left - 6, PAD.top + high * (1 - share), PAD.left - 8);
  }
  context.textAlign = "center";
  context.textBaseline = "top";
  const every = Math.max(1, Math.ceil((steps.length * 60) / wide));
  steps.forEach((step, index) => {
    if (index % every === 0) context.fillText(formatNumber(step, 4), PAD.left + (index + 0.5) * across, PAD.top + high + 6);
  });
}

function axisBelow(context: Pen, range: readonly [number, number], wide: number, height: number, ink: Ink): void {
  context.fillStyle = ink.dim;
  context.strokeStyle = ink.line;
  context.lineWidth = 1;
  context.font = `11px ${ink.font}`;
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const value of roundTicks(...range)) {
    const x = PAD.left + (wide * (value - range[0])) / (range[1] - range[0]);
    context.beginPath();
    context.moveTo(x, PAD.top);
    context.lineTo(x, height - PAD.bottom);
    context.stroke();
    context.fillText(formatNumber(value, 3), x, height - PAD.bottom + 6);
  }
}
