import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";

import { formatCount, formatNumber } from "@/lib/format";

import styles from "./Chart.module.css";
import { type Line, type Range, type View, moved, nearest, shownOf } from "./chartData";
import { type Place, type Plot, plotIn } from "./chartPlot";
import { useIsDark } from "./useIsDark";

interface Props {
  label: string;
  lines: readonly Line[];
  height: number;
  xLabel: string;
  xKind?: "number" | "time";
  view: View;
  onZoom: (range: Range | null) => void;
  /** Charts of the same name show a cursor at the same x. */
  syncKey?: string;
  /** How x reads in the tooltip. */
  formatX?: (x: number) => string;
  /** The line that is pointed at elsewhere. */
  pointed?: string | null;
}

const SHOWN_IN_TOOLTIP = 10;
/** A line so near to the cursor, in pixels, is drawn above all others. */
const NEAR_PX = 24;

const cursors = new Map<string, Set<(x: number | null) => void>>();

/** The one chart of lines: drag to zoom, drag with shift to move, double click to see all; arrows, + - 0 on the keyboard. */
export function Chart(props: Props) {
  const { lines, height, view, xKind = "number", syncKey, pointed = null } = props;
  const { isLogX, isLogY } = view;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const isDark = useIsDark();
  const [cursor, setCursor] = useState<Place | null>(null);
  const [width, setWidth] = useState(0);
  const shown = useMemo(() => shownOf(lines, view), [lines, view]);
  const latest = useRef({ props, shown, height, width });

  useEffect(() => {
    latest.current = { props, shown, height, width };
  });

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const isMeasured = width > 0;
  useEffect(() => {
    const element = host.current;
    if (element === null || !isMeasured) return;
    const made = plotIn({
      element,
      width: latest.current.width,
      height: latest.current.height,
      isTime: xKind === "time",
      isLogX,
      isLogY,
      colours: coloursOf(element),
      onCursor: (place) => {
        setCursor(place);
        publish(syncKey, place?.x ?? null);
      },
      onZoom: (range) => latest.current.props.onZoom(range),
    });
    plot.current = made;
    made.show(latest.current.props.lines, latest.current.shown);
    const unsubscribe = subscribe(syncKey, made.follow);
    return () => {
      unsubscribe();
      made.destroy();
      plot.current = null;
    };
  }, [isMeasured, isLogX, isLogY, xKind, syncKey, isDark]);

  useEffect(() => plot.current?.show(lines, shown), [lines, shown]);
  useEffect(() => {
    if (width > 0) plot.current?.resize(width, height);
  }, [width, height]);
  // What is under the cursor changes when points come, too, not only when it is moved.
  const hits = useMemo(
    () => (cursor === null ? [] : nearest(lines, cursor.x, cursor.y, isLogY, SHOWN_IN_TOOLTIP)),
    [cursor, lines, isLogY],
  );
  const [first] = hits;
  const isNear = cursor !== null && first !== undefined && distance(first.y, cursor.y, shown.y, isLogY) * height < NEAR_PX;
  const above = isNear ? first.line.id : pointed;
  useEffect(() => plot.current?.point(above), [above]);

  const press = (event: KeyboardEvent) => {
    const [by, scale] = STEPS[event.key] ?? [];
    if (event.key === "0" || event.key === "Escape") props.onZoom(null);
    else if (by !== undefined && scale !== undefined) props.onZoom(moved(shown.x, by, scale, isLogX));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const formatX = props.formatX ?? ((x: number) => formatNumber(x, 6));
  const listed = [...hits].sort((one, other) => other.y - one.y);
  return (
    <div className={styles.chart}>
      <div
        ref={host}
        role="img"
        aria-label={`${props.label}: ${lines.length} lines over ${props.xLabel}`}
        aria-keyshortcuts="ArrowLeft ArrowRight + - 0"
        tabIndex={0}
        style={{ height }}
        onKeyDown={press}
      />
      {shown.outside > 0 && <p className={styles.outside}>{formatCount(shown.outside, "point")} outside</p>}
      {cursor !== null && first !== undefined && (
        <div
          className={styles.tooltip}
          style={cursor.left > width / 2 ? { right: width - cursor.left + 12, top: cursor.top } : { left: cursor.left + 12, top: cursor.top }}
        >
          <div className={styles.x}>
            {props.xLabel} {formatX(first.x)}
          </div>
          {listed.map(({ line, at, y }) => (
            <div key={line.id} className={styles.hit} data-near={isNear && line.id === first.line.id}>
              <span className={styles.swatch} style={{ background: line.colour }} />
              <span className={styles.name}>{line.label}</span>
              <b>{formatNumber(y, 6)}</b>
              {line.counts !== undefined && <small>{aroundOf(line, at)}</small>}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

const STEPS: Record<string, readonly [by: number, scale: number]> = {
  ArrowLeft: [-0.2, 1],
  ArrowRight: [0.2, 1],
  "+": [0, 0.5],
  "=": [0, 0.5],
  "-": [0, 2],
};

function aroundOf({ band, counts }: Line, at: number): string {
  const low = band?.[0][at] ?? NaN;
  const high = band?.[1][at] ?? NaN;
  const edges = Number.isFinite(low) && Number.isFinite(high) ? `${formatNumber(low, 4)} to ${formatNumber(high, 4)}, ` : "";
  return `${edges}n=${counts?.[at] ?? 0}`;
}

/** Return how far apart two values are, as a share of what is shown. */
function distance(one: number, other: number, [low, high]: Range, isLog: boolean): number {
  const place = isLog ? Math.log : (value: number) => value;
  return Math.abs(place(one) - place(other)) / (place(high) - place(low));
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
