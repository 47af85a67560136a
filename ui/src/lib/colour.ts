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

/** Tag of a run that holds a colour somebody chose for it, under the name that MLflow's pages use. */
export const COLOUR_TAG = "mlflow.runColor";

/** Return the colour of a run, or of a group by its name, as CSS: one for light and one for dark. */
export function colourOf(id: string, chosen?: string): string {
  if (chosen !== undefined && /^#[0-9a-f]{6}$/i.test(chosen)) return chosen;
  const [light, dark] = PALETTE[hash(id) % PALETTE.length] ?? PALETTE[0];
  return `light-dark(${light}, ${dark})`;
}

/** Return the same for a canvas, which knows no `light-dark()`. */
export function canvasColourOf(id: string, isDark: boolean, chosen?: string): string {
  if (chosen !== undefined && /^#[0-9a-f]{6}$/i.test(chosen)) return chosen;
  const pair = PALETTE[hash(id) % PALETTE.length] ?? PALETTE[0];
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

function hash(text: string): number {
  let value = 2166136261;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 16777619);
  return (value ^ (value >>> 15)) >>> 0;
}
