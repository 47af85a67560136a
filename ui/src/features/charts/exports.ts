/** A chart as a table, and as a picture that can be made larger. */
import { type Shown, type View, shownOf } from "@/components/chartData";
import { toCsv } from "@/lib/csv";
import { formatNumber } from "@/lib/format";
import { escaped } from "@/lib/vectors";

import type { DrawnLine } from "./lines";

/** Return the points that are shown as CSV, a row each. */
export function csvOfLines(lines: readonly DrawnLine[], metric: string, xLabel: string): string {
  const rows = lines.flatMap((line) =>
    Array.from(line.xs, (x, at) => [
      line.runIds.join(" "),
      line.label,
      x,
      line.ys[at] ?? NaN,
      line.raw?.[at] ?? null,
      line.band?.[0][at] ?? null,
      line.band?.[1][at] ?? null,
      line.counts?.[at] ?? null,
    ]),
  );
  return toCsv([["run_id", "name", xLabel, metric, "before_smoothing", "band_lower", "band_upper", "n"], ...rows]);
}

const WIDTH = 960;
const HEIGHT = 540;
const LEFT = 70;
const TOP = 40;
const RIGHT = 20;
const BOTTOM = 70;
const TICKS = 5;

/** Return what is shown as SVG, with its title and a legend. */
export function svgOfLines(lines: readonly DrawnLine[], view: View, title: string, xLabel: string, formatX: (x: number) => string): string {
  const shown = shownOf(lines, view);
  const toX = scale(shown.x, LEFT, WIDTH - RIGHT, view.isLogX);
  const toY = scale(shown.y, HEIGHT - BOTTOM, TOP, view.isLogY);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="24" font-size="15" font-weight="600">${escaped(title)}</text>`,
    ...grid(shown, view, toX, toY, formatX),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - BOTTOM + 34}" text-anchor="middle" fill="#555555">${escaped(xLabel)}</text>`,
    `<clipPath id="inside"><rect x="${LEFT}" y="${TOP}" width="${WIDTH - LEFT - RIGHT}" height="${HEIGHT - TOP - BOTTOM}"/></clipPath>`,
    `<g clip-path="url(#inside)" fill="none" stroke-linejoin="round">`,
    ...lines.flatMap((line) => [
      ...(line.band === undefined ? [] : [`<path d="${bandPath(line.xs, line.band, toX, toY)}" fill="${line.colour}" fill-opacity="0.16"/>`]),
      ...(line.raw === undefined ? [] : [`<path d="${path(line.xs, line.raw, toX, toY)}" stroke="${line.colour}" stroke-opacity="0.25"/>`]),
      `<path d="${path(line.xs, line.ys, toX, toY)}" stroke="${line.colour}" stroke-width="1.5"/>`,
    ]),
    "</g>",
    ...legend(lines),
    "</svg>",
  ];
  return parts.join("\n");
}

type Place = (value: number) => number;

function scale([low, high]: readonly [number, number], from: number, to: number, isLog: boolean): Place {
  const into = isLog ? Math.log10 : (value: number) => value;
  const [first, last] = [into(low), into(high)];
  return (value) => from + ((into(value) - first) / (last - first)) * (to - from);
}

function ticksOf([low, high]: readonly [number, number], isLog: boolean): number[] {
  const into = isLog ? Math.log10 : (value: number) => value;
  const back = isLog ? (value: number) => 10 ** value : (value: number) => value;
  const [first, last] = [into(low), into(high)];
  const rough = (last - first) / TICKS;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * size).find((one) => one >= rough) ?? rough;
  const ticks = [];
  for (let at = Math.ceil(first / step); at * step <= last; at++) ticks.push(back(at * step));
  return ticks;
}

function grid(shown: Shown, view: View, toX: Place, toY: Place, formatX: (x: number) => string): string[] {
  return [
    ...ticksOf(shown.x, view.isLogX).flatMap((x) => [
      `<line x1="${at(toX(x))}" x2="${at(toX(x))}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="#e2e2dd"/>`,
      `<text x="${at(toX(x))}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle" fill="#555555">${escaped(formatX(x))}</text>`,
    ]),
    ...ticksOf(shown.y, view.isLogY).flatMap((y) => [
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(toY(y))}" y2="${at(toY(y))}" stroke="#e2e2dd"/>`,
      `<text x="${LEFT - 6}" y="${at(toY(y) + 4)}" text-anchor="end" fill="#555555">${escaped(formatNumber(y, 4))}</text>`,
    ]),
  ];
}

function path(xs: Float64Array, ys: Float64Array, toX: Place, toY: Place): string {
  let isPen = false;
  let found = "";
  for (let point = 0; point < xs.length; point++) {
    const [x, y] = [toX(xs[point] ?? NaN), toY(ys[point] ?? NaN)];
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      isPen = false;
      continue;
    }
    found += `${isPen ? "L" : "M"}${at(x)} ${at(y)}`;
    isPen = true;
  }
  return found;
}

function bandPath(xs: Float64Array, [lower, upper]: readonly [Float64Array, Float64Array], toX: Place, toY: Place): string {
  const there = Array.from(xs, (_, point) => point).filter((point) => Number.isFinite(lower[point]) && Number.isFinite(upper[point]));
  const points = (edge: Float64Array, places: readonly number[]) => places.map((point) => `${at(toX(xs[point] ?? NaN))} ${at(toY(edge[point] ?? NaN))}`);
  return there.length === 0 ? "" : `M${[...points(upper, there), ...points(lower, [...there].reverse())].join("L")}Z`;
}

function legend(lines: readonly DrawnLine[]): string[] {
  return lines.slice(0, 12).map((line, place) => {
    const x = LEFT + (place % 6) * 145;
    const y = HEIGHT - 22 + Math.floor(place / 6) * 14;
    return `<rect x="${x}" y="${y - 7}" width="10" height="3" fill="${line.colour}"/><text x="${x + 14}" y="${y}" font-size="10">${escaped(line.label.slice(0, 22))}</text>`;
  });
}

const at = (value: number): string => value.toFixed(1);

