/** Numbers, sizes and names as people read and compare them. */

/** Return a number to so many significant digits: `0.9312`, `1.23e-7`, `12,345`. */
export function formatNumber(value: number, digits = 5): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e15) return grouped.format(value).replace("-", "−");
  if (size < 1e-4 || size >= 1e9) return exponential(value, digits);
  const places = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return value.toLocaleString("en", { maximumFractionDigits: Math.min(places, 20) }).replace("-", "−");
}

const grouped = new Intl.NumberFormat("en");

function exponential(value: number, digits: number): string {
  return value
    .toExponential(digits - 1)
    .replace(/\.?0+e/, "e")
    .replace("e+", "e")
    .replaceAll("-", "−");
}

/** Return a mean and half its interval, both to the place at which the interval has two digits: `1.0005 ± 0.0021`. */
export function formatInterval(mean: number, half: number): string {
  const places = 1 - Math.floor(Math.log10(half));
  if (Number.isNaN(half)) return formatNumber(mean, 4);
  if (half === 0 || places > 9 || places < -8) return `${formatNumber(mean, 4)} ± ${formatNumber(half, 2)}`;
  const digits = { minimumFractionDigits: Math.max(0, places), maximumFractionDigits: Math.max(0, places) };
  return `${mean.toLocaleString("en", digits).replace("-", "−")} ± ${half.toLocaleString("en", digits)}`;
}

/** Return a count and its noun: `1 run`, `12,345 runs`. */
export function formatCount(count: number, noun: string): string {
  return `${grouped.format(count)} ${noun}${count === 1 ? "" : "s"}`;
}

const SIZES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** Return a number of bytes: `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), SIZES.length - 1);
  return `${formatNumber(bytes / 1024 ** power, 3)} ${SIZES[power] ?? "B"}`;
}

/** Return what a param or tag holds as a text; whatever it is. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "number") return formatNumber(value, 6);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return value;
  return JSON.stringify(value);
}

/** Return the end of an id that tells runs apart at a glance. */
export function shortId(id: string): string {
  return id.slice(-8);
}
