/** A small random forest of regression trees (Breiman 2001), the same at each call. */

/** What a run has of a param: numbers as they are, texts as numbers of kinds; NaN where it has none. */
export interface Feature {
  name: string;
  isNumeric: boolean;
  values: Float64Array;
}

export interface ForestResult {
  /** For each run, what trees that have not seen it say; NaN where there is none. */
  predicted: Float64Array;
  /** For each feature, by how much a run's squared error grows when that feature is shuffled. */
  losses: Float64Array[];
}

interface Leaf {
  value: number;
}

interface Split {
  feature: number;
  goesLeft: (value: number) => boolean;
  left: Tree;
  right: Tree;
}

type Tree = Leaf | Split;

const TREES = 150;
const DEPTH = 7;
const LEAST_IN_LEAF = 2;

/** Return numbers of 0 to 1 that are the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Grow a forest and see, on runs that a tree has not learnt from, what it needs each feature for. */
export function forestOf(features: readonly Feature[], target: Float64Array, seed = 1): ForestResult {
  const n = target.length;
  const random = randomOf(seed);
  const sums = new Float64Array(n);
  const times = new Float64Array(n);
  const losses = features.map(() => new Float64Array(n));
  for (let tree = 0; tree < TREES; tree++) {
    const isSeen = new Uint8Array(n);
    const inBag = Array.from({ length: n }, () => Math.floor(random() * n));
    for (const row of inBag) isSeen[row] = 1;
    const grown = grow(features, target, inBag, DEPTH, random);
    const unseen = Array.from({ length: n }, (_, row) => row).filter((row) => isSeen[row] === 0);
    const errors = new Map<number, number>();
    for (const row of unseen) {
      const value = predict(grown, features, row, -1, row);
      sums[row] = (sums[row] ?? 0) + value;
      times[row] = (times[row] ?? 0) + 1;
      errors.set(row, (value - (target[row] ?? 0)) ** 2);
    }
    const used = usedIn(grown, new Set());
    features.forEach((_, index) => {
      if (!used.has(index)) return;
      const others = shuffled(unseen, random);
      unseen.forEach((row, at) => {
        const value = predict(grown, features, row, index, others[at] ?? row);
        const into = losses[index];
        if (into !== undefined) into[row] = (into[row] ?? 0) + (value - (target[row] ?? 0)) ** 2 - (errors.get(row) ?? 0);
      });
    });
  }
  return {
    predicted: sums.map((sum, row) => sum / (times[row] ?? 0)),
    losses: losses.map((loss) => loss.map((sum, row) => ((times[row] ?? 0) > 0 ? sum / (times[row] ?? 1) : 0))),
  };
}

function grow(features: readonly Feature[], target: Float64Array, rows: number[], depth: number, random: () => number): Tree {
  const mean = rows.reduce((sum, row) => sum + (target[row] ?? 0), 0) / rows.length;
  if (depth === 0 || rows.length < 2 * LEAST_IN_LEAF) return { value: mean };
  const tried = shuffled(features.map((_, index) => index), random).slice(0, Math.max(1, Math.ceil(features.length / 2)));
  let best: { gain: number; feature: number; goesLeft: (value: number) => boolean } | null = null;
  for (const feature of tried) {
    const found = bestSplit(features[feature], target, rows, mean);
    if (found !== null && (best === null || found.gain > best.gain)) best = { ...found, feature };
  }
  if (best === null) return { value: mean };
  const { feature, goesLeft } = best;
  const values = features[feature]?.values;
  const left = rows.filter((row) => goesLeft(values?.[row] ?? NaN));
  const right = rows.filter((row) => !goesLeft(values?.[row] ?? NaN));
  return { feature, goesLeft, left: grow(features, target, left, depth - 1, random), right: grow(features, target, right, depth - 1, random) };
}

function bestSplit(feature: Feature | undefined, target: Float64Array, rows: readonly number[], mean: number) {
  if (feature === undefined) return null;
  // Kinds in the order of their means may be split as numbers are (Breiman and others 1984, section 4.2).
  const placeOf = feature.isNumeric ? (value: number) => (Number.isNaN(value) ? -Infinity : value) : placesByMean(feature, target, rows);
  const sorted = rows
    .map((row) => ({ place: placeOf(feature.values[row] ?? NaN), y: (target[row] ?? 0) - mean }))
    .sort((one, other) => (one.place < other.place ? -1 : one.place > other.place ? 1 : 0));
  const n = sorted.length;
  let sum = 0;
  let best: { gain: number; at: number } | null = null;
  for (let at = 1; at < n; at++) {
    const [before, here] = [sorted[at - 1], sorted[at]];
    if (before === undefined || here === undefined) break;
    sum += before.y;
    if (before.place === here.place || at < LEAST_IN_LEAF || n - at < LEAST_IN_LEAF) continue;
    const gain = (sum * sum) / at + (sum * sum) / (n - at);
    if (gain > 1e-12 && (best === null || gain > best.gain)) {
      best = { gain, at: Number.isFinite(before.place) ? (before.place + here.place) / 2 : -Number.MAX_VALUE };
    }
  }
  if (best === null) return null;
  const { gain, at } = best;
  return { gain, goesLeft: (value: number) => placeOf(value) <= at };
}

function placesByMean(feature: Feature, target: Float64Array, rows: readonly number[]): (value: number) => number {
  const found = new Map<number, { sum: number; n: number }>();
  for (const row of rows) {
    const kind = feature.values[row] ?? NaN;
    const entry = found.get(kind) ?? { sum: 0, n: 0 };
    entry.sum += target[row] ?? 0;
    entry.n += 1;
    found.set(kind, entry);
  }
  const all = rows.reduce((sum, row) => sum + (target[row] ?? 0), 0) / rows.length;
  return (value) => {
    const entry = found.get(value);
    return entry === undefined ? all : entry.sum / entry.n;
  };
}

function predict(tree: Tree, features: readonly Feature[], row: number, replaced: number, other: number): number {
  let at = tree;
  while ("left" in at) {
    const value = features[at.feature]?.values[at.feature === replaced ? other : row] ?? NaN;
    at = at.goesLeft(value) ? at.left : at.right;
  }
  return at.value;
}

function usedIn(tree: Tree, into: Set<number>): Set<number> {
  if ("left" in tree) {
    into.add(tree.feature);
    usedIn(tree.left, into);
    usedIn(tree.right, into);
  }
  return into;
}

/** Return the same things in another order. */
export function shuffled<T>(things: readonly T[], random: () => number): T[] {
  const mixed = [...things];
  for (let at = mixed.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    const [one, two] = [mixed[at], mixed[other]];
    if (one !== undefined && two !== undefined) [mixed[at], mixed[other]] = [two, one];
  }
  return mixed;
}
