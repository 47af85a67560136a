/** Runs as points. */
import type { RunRow } from "@/lib/useRunRows";

import { numberOf } from "./rowValue";

export interface Point {
  row: RunRow;
  x: number;
  y: number;
}

interface Axes {
  x: string;
  y: string;
  isLogX: boolean;
  isLogY: boolean;
}

/** Return a point for each run whose two numbers can be drawn. */
export function pointsOf(rows: readonly RunRow[], { x, y, isLogX, isLogY }: Axes): Point[] {
  return rows.flatMap((row) => {
    const [left, right] = [numberOf(row, x), numberOf(row, y)];
    return isDrawn(left, isLogX) && isDrawn(right, isLogY) ? [{ row, x: left, y: right }] : [];
  });
}

const isDrawn = (value: number | null, isLog: boolean): value is number => value !== null && Number.isFinite(value) && (!isLog || value > 0);
