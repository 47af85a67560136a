/** The one chart of lines; nothing else knows uPlot. */
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";

import "uplot/dist/uPlot.min.css";

import { formatNumber } from "@/lib/format";

import styles from "./Chart.module.css";
import { type Hit, nearest, rangeOf } from "./chartData";
import { useIsDark } from "./useIsDark";

export interface Line {
  id: string;
  label: string;
  /** For a canvas: no `var()`, no `light-dark()`. */
  colour: string;
  xs: Float64Array;
  ys: Float64Array;
  /** The curve before smoothing, drawn faintly. */
  raw?: Float64Array;
  /** Lower and upper edge of a band around it. */
  band?: readonly [Float64Array, Float64Array];
}

export type Range = readonly [number, number];

interface Props {
  label: string;
  lines: readonly Line[];
  height: number;
  xLabel: string;
  xKind?: "number" | "time";
  isLogX?: boolean;
  isLogY?: boolean;
  /** What of x is shown; null for all. */
  range?: Range | null;
  onZoom?: (range: Range | null) => void;
  /** Charts of the same name show a cursor at the same x. */
  syncKey?: string;
  /** How x reads in the tooltip. */
  formatX?: (x: number) => string;
}

const SHOWN_IN_TOOLTIP = 10;

// uPlot's numbers for its modes: series with an x each; scales that are logarithmic, or not.
const FACETS = 2 as uPlot.Mode;
const scaleOf = (isLog: boolean) => (isLog ? 3 : 1) as uPlot.Scale.Distr;

const cursors = new Map<string, Set<(x: number | null) => void>>();

export function Chart(props: Props) {
  const { lines, height, range = null, isLogX = false, isLogY = false, xKind = "number", syncKey } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  const isDark = useIsDark();
  const [hits, setHits] = useState<{ left: number; top: number; x: number; hits: Hit[] } | null>(null);
  const [width, setWidth] = useState(0);

  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const element = host.current;
    if (element === null || width === 0) return;
    const colours = coloursOf(element);
    const shown = rangeOf(lines, range, isLogX, isLogY);
    let isInside = false;
    const made = new uPlot(
      {
        mode: FACETS,
        width,
        height,
        padding: [8, 12, 0, 0],
        legend: { show: false },
        cursor: { points: { show: false }, drag: { x: true, y: false, setScale: false }, x: true, y: false },
        scales: {
          x: { time: xKind === "time", distr: scaleOf(isLogX), range: () => [...shown.x] },
          y: { distr: scaleOf(isLogY), range: () => [...shown.y] },
        },
        axes: [
          { scale: "x", stroke: colours.text, grid: { stroke: colours.line, width: 1 }, ticks: { show: false }, size: 30, font: colours.font },
          {
            scale: "y",
            stroke: colours.text,
            grid: { stroke: colours.line, width: 1 },
            ticks: { show: false },
            size: 58,
            font: colours.font,
            values: (_, ticks) => ticks.map((tick: number | null) => (tick === null ? "" : formatNumber(tick, 4))),
          },
        ],
        series: [
          {},
          ...lines.map((line) => ({
            facets: [
              { scale: "x", auto: false },
              { scale: "y", auto: false },
            ],
            label: line.label,
            paths: (u: uPlot) => {
              draw(u, line);
              return null;
            },
          })),
        ],
        hooks: {
          setCursor: [
            (u) => {
              const { left = -1, top = -1 } = u.cursor;
              if (!isInside || left < 0) return;
              const x = u.posToVal(left, "x");
              const found = nearest(lines, x, u.posToVal(top, "y"), isLogY, SHOWN_IN_TOOLTIP);
              setHits({ left: left + u.over.offsetLeft, top: top + u.over.offsetTop, x, hits: found });
              publish(latest.current.syncKey, x);
            },
          ],
          setSelect: [
            (u) => {
              if (u.select.width < 4) return;
              const from = u.posToVal(u.select.left, "x");
              const to = u.posToVal(u.select.left + u.select.width, "x");
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              latest.current.onZoom?.([from, to]);
            },
          ],
        },
      },
      [null, ...lines.map((line) => [line.xs, line.ys])] as unknown as uPlot.AlignedData,
      element,
    );
    const enter = () => {
      isInside = true;
    };
    const leave = () => {
      isInside = false;
      setHits(null);
      publish(latest.current.syncKey, null);
    };
    const reset = () => latest.current.onZoom?.(null);
    made.over.addEventListener("mouseenter", enter);
    made.over.addEventListener("mouseleave", leave);
    made.over.addEventListener("dblclick", reset);
    plot.current = made;
    const follow = (x: number | null) => {
      if (isInside) return;
      made.setCursor(x === null ? { left: -10, top: -10 } : { left: made.valToPos(x, "x"), top: 0 }, false);
    };
    const unsubscribe = subscribe(syncKey, follow);
    return () => {
      unsubscribe();
      made.destroy();
      plot.current = null;
    };
  }, [lines, width, height, range, isLogX, isLogY, xKind, syncKey, isDark]);

  const formatX = props.formatX ?? ((x: number) => formatNumber(x, 6));
  return (
    <div className={styles.chart} role="img" aria-label={`${props.label}: ${lines.length} lines over ${props.xLabel}`}>
      <div ref={host} style={{ height }} />
      {hits !== null && hits.hits.length > 0 && (
        <div
          className={styles.tooltip}
          style={hits.left > width / 2 ? { right: width - hits.left + 12, top: hits.top } : { left: hits.left + 12, top: hits.top }}
        >
          <div className={styles.x}>
            {props.xLabel} {formatX(hits.hits[0]?.x ?? hits.x)}
          </div>
          {hits.hits.map(({ line, y }) => (
            <div key={line.id} className={styles.hit}>
              <span className={styles.swatch} style={{ background: line.colour }} />
              <span className={styles.name}>{line.label}</span>
              <b>{formatNumber(y, 6)}</b>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

function draw(u: uPlot, line: Line): void {
  const { ctx } = u;
  const toX = (x: number) => u.valToPos(x, "x", true);
  const toY = (y: number) => u.valToPos(y, "y", true);
  ctx.save();
  ctx.beginPath();
  ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
  ctx.clip();
  ctx.lineJoin = "round";
  ctx.strokeStyle = line.colour;
  ctx.fillStyle = line.colour;
  if (line.band !== undefined) {
    ctx.globalAlpha = 0.16;
    fill(ctx, line.xs, line.band, toX, toY);
  }
  if (line.raw !== undefined) {
    ctx.globalAlpha = 0.25;
    ctx.lineWidth = devicePixelRatio;
    stroke(ctx, line.xs, line.raw, toX, toY);
  }
  ctx.globalAlpha = 1;
  ctx.lineWidth = 1.5 * devicePixelRatio;
  stroke(ctx, line.xs, line.ys, toX, toY);
  ctx.restore();
}

type Place = (value: number) => number;

function stroke(ctx: CanvasRenderingContext2D, xs: Float64Array, ys: Float64Array, toX: Place, toY: Place): void {
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
    ctx.arc(lastX, lastY, 3 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
  }
}

function fill(
  ctx: CanvasRenderingContext2D,
  xs: Float64Array,
  [lower, upper]: readonly [Float64Array, Float64Array],
  toX: Place,
  toY: Place,
): void {
  ctx.beginPath();
  for (let at = 0; at < xs.length; at++) {
    const y = upper[at] ?? NaN;
    if (Number.isFinite(y)) ctx.lineTo(toX(xs[at] ?? NaN), toY(y));
  }
  for (let at = xs.length - 1; at >= 0; at--) {
    const y = lower[at] ?? NaN;
    if (Number.isFinite(y)) ctx.lineTo(toX(xs[at] ?? NaN), toY(y));
  }
  ctx.closePath();
  ctx.fill();
}

function coloursOf(element: HTMLElement): { text: string; line: string; font: string } {
  const probe = document.createElement("span");
  probe.className = styles.probe ?? "";
  element.append(probe);
  const { color, borderTopColor, fontFamily } = getComputedStyle(probe);
  probe.remove();
  return { text: color, line: borderTopColor, font: `11px ${fontFamily}` };
}

function subscribe(key: string | undefined, listener: (x: number | null) => void): () => void {
  if (key === undefined) return () => undefined;
  const all = cursors.get(key) ?? new Set();
  cursors.set(key, all);
  all.add(listener);
  return () => all.delete(listener);
}

function publish(key: string | undefined, x: number | null): void {
  if (key === undefined) return;
  for (const listener of cursors.get(key) ?? []) listener(x);
}
