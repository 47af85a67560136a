/** Which windows of a long list are to be read. */

/** Return the numbers of the windows in which indices lie, and of one to each side. */
export function windowsAround(first: number, last: number, count: number, size: number): number[] {
  if (count === 0) return [];
  const from = Math.max(0, Math.floor(first / size) - 1);
  const to = Math.min(Math.floor((count - 1) / size), Math.floor(last / size) + 1);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);
}
