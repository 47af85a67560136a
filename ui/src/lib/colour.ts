/** Colours of runs: the same for a run on every page, and told apart by people who see colours differently. */

/** Twelve hues by Okabe and Ito and Paul Tol, in a tone that reads on white, and one that reads on black. */
const PALETTE = [
  ["#0072b2", "#56a9e0"],
  ["#d55e00", "#f08a4b"],
  ["#009e73", "#35c79f"],
  ["#aa3377", "#dd77ad"],
  ["#b58900", "#e0b33c"],
  ["#56638a", "#93a1c9"],
  ["#117733", "#5fbf7a"],
  ["#882255", "#cf6f9f"],
  ["#3a8fb7", "#7cc4e8"],
  ["#7a5230", "#c39a74"],
  ["#6a4fb3", "#a990ea"],
  ["#444f59", "#a7b1ba"],
] as const;

/** Colours that somebody may choose for a run: they read on white and on black. */
export const CHOICES: readonly string[] = PALETTE.map(([light]) => light);

/** Tag of a run that holds a colour somebody chose for it, under the name that MLflow's pages use. */
export const COLOUR_TAG = "mlflow.runColor";

const REMEMBERED = "runstone.colours";
const MOST_REMEMBERED = 5000;

/** Places in the palette of runs whose own one another run had that was shown beside it. */
let moved: Map<string, number> | undefined;

/**
 * Give runs that are shown together colours of their own, as long as there are enough.
 *
 * A run's colour comes from its id, so that everybody sees the same. Where an older one of these runs has it, the
 * younger one gets the next that is free, and keeps it on every page of this browser.
 */
export function tellApart(runIds: readonly string[]): void {
  moved ??= remembered();
  const used = new Array<number>(PALETTE.length).fill(0);
  let isChanged = false;
  // Ids begin with the time at which they were made.
  for (const id of [...runIds].sort()) {
    let slot = slotOf(id);
    const least = Math.min(...used);
    if (!moved.has(id) && (used[slot] ?? 0) > least) {
      while ((used[slot] ?? 0) > least) slot = (slot + 1) % PALETTE.length;
      moved.set(id, slot);
      isChanged = true;
    }
    used[slot] = (used[slot] ?? 0) + 1;
  }
  if (isChanged) remember(moved);
}

/** Return the colour of a run, or of a group by its name, as CSS: one for light and one for dark. */
export function colourOf(id: string, chosen?: string): string {
  if (chosen !== undefined && /^#[0-9a-f]{6}$/i.test(chosen)) return chosen;
  const [light, dark] = PALETTE[slotOf(id)] ?? PALETTE[0];
  return `light-dark(${light}, ${dark})`;
}

/** Return the same for a canvas, which knows no `light-dark()`. */
export function canvasColourOf(id: string, isDark: boolean, chosen?: string): string {
  if (chosen !== undefined && /^#[0-9a-f]{6}$/i.test(chosen)) return chosen;
  const pair = PALETTE[slotOf(id)] ?? PALETTE[0];
  return pair[isDark ? 1 : 0];
}

/** Return a colour for a canvas for each of some groups: that of its name, or the next one that no other group has. */
export function canvasColoursOf(names: readonly string[], isDark: boolean): Map<string, string> {
  const taken = new Set<number>();
  const found = new Map<string, string>();
  for (const name of names) {
    if (found.has(name)) continue;
    let slot = hash(name) % PALETTE.length;
    if (taken.size >= PALETTE.length) taken.clear();
    while (taken.has(slot)) slot = (slot + 1) % PALETTE.length;
    taken.add(slot);
    found.set(name, (PALETTE[slot] ?? PALETTE[0])[isDark ? 1 : 0]);
  }
  return found;
}

function slotOf(id: string): number {
  moved ??= remembered();
  return moved.get(id) ?? hash(id) % PALETTE.length;
}

function remembered(): Map<string, number> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(REMEMBERED) ?? "[]");
    return new Map(Array.isArray(kept) ? kept.filter(isPlace) : []);
  } catch {
    return new Map();
  }
}

function isPlace(value: unknown): value is [string, number] {
  return Array.isArray(value) && typeof value[0] === "string" && Number.isInteger(value[1]) && value[1] >= 0 && value[1] < PALETTE.length;
}

function remember(places: Map<string, number>): void {
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify([...places].slice(-MOST_REMEMBERED)));
  } catch {
    // A browser that keeps nothing shows the same colours as long as the page is open.
  }
}

function hash(text: string): number {
  let value = 2166136261;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 16777619);
  return (value ^ (value >>> 15)) >>> 0;
}
