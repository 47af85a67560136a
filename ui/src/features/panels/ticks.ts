/** Numbers to write beside an axis. */

/** Return round numbers from low to high: about as many as wanted. */
export function roundTicks(low: number, high: number, wanted = 5): number[] {
  const rough = (high - low) / Math.max(1, wanted - 1);
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5].find((size) => size * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, Math.min(50, last - first + 1)) }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

/** Return powers of ten from low to high; of a short range, numbers evenly along it. */
export function logTicks(low: number, high: number, wanted = 5): number[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  if (last - first < 1) return Array.from({ length: wanted }, (_, at) => low * (high / low) ** (at / (wanted - 1)));
  const every = Math.max(1, Math.ceil((last - first + 1) / (2 * wanted)));
  return Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, at) => Number(`1e${first + at * every}`));
}
