/** The colours of runs by what they have of a field: along a scale for numbers, by kind for texts. */
import { canvasColoursOf } from "@/lib/colour";
import { fieldOf, titleOf } from "@/lib/fields";
import type { RunRow } from "@/lib/useRunRows";

import { colourAt } from "./ink";
import { short } from "./names";
import { formatField, labelOf, numberOf, runColour } from "./rowValue";

export interface Colouring {
  /** A colour for each of the rows. */
  colours: string[];
  /** What the colours mean, in words; null where each run has its own. */
  note: string | null;
  /** The scale, where there is one. */
  scale: { low: number; high: number; title: string } | null;
  /** The colours of kinds, where there are some. */
  kinds: { name: string; colour: string }[];
}

const MISSING = "rgba(128,128,128,0.5)";

/** Return the colours of rows. */
export function colouring(rows: readonly RunRow[], id: string | undefined, isDark: boolean): Colouring {
  if (id === undefined) return { colours: rows.map((row) => runColour(row, isDark)), note: null, scale: null, kinds: [] };
  const title = short(titleOf(fieldOf(id)), 40);
  const numbers = rows.map((row) => numberOf(row, id));
  const finite = numbers.filter((value): value is number => value !== null && Number.isFinite(value));
  if (finite.length === 0) {
    const names = rows.map((row) => labelOf(row, id));
    const colours = canvasColoursOf([...new Set(names)].sort(), isDark);
    const kinds = [...colours].map(([name, colour]) => ({ name, colour }));
    return { colours: names.map((name) => colours.get(name) ?? MISSING), note: title, scale: null, kinds };
  }
  let low = Infinity;
  let high = -Infinity;
  for (const value of finite) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const share = (value: number) => (high > low ? (value - low) / (high - low) : 0.5);
  return {
    colours: numbers.map((value) => (value === null || !Number.isFinite(value) ? MISSING : colourAt(share(value), isDark))),
    note: `colour: ${title} from ${formatField(low, id, 3)} to ${formatField(high, id, 3)}`,
    kinds: [],
    scale: { low, high, title },
  };
}
