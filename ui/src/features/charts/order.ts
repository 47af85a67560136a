/** The order of charts, and which there are. */
import type { ChartSettings } from "@/lib/chartSettings";

/** Return the metrics that have charts: those put in an order first. */
export function shownKeys(keys: readonly string[], { order = [], without = [] }: ChartSettings): string[] {
  const left = new Set(without);
  const places = new Map(order.map((key, at) => [key, at]));
  return keys
    .filter((key) => !left.has(key))
    .map((key, at) => ({ key, place: places.get(key) ?? order.length + at }))
    .sort((one, other) => one.place - other.place)
    .map(({ key }) => key);
}

/** Return the order after one chart was put before another one, or at the end of its section. */
export function movedBefore(section: readonly string[], key: string, before: string | null): string[] {
  const rest = section.filter((one) => one !== key);
  const at = before === null ? rest.length : rest.indexOf(before);
  return at < 0 ? [...section] : [...rest.slice(0, at), key, ...rest.slice(at)];
}

/** Return the order with that of a section changed. */
export function withSection(order: readonly string[], section: readonly string[]): string[] {
  const inside = new Set(section);
  return [...order.filter((key) => !inside.has(key)), ...section];
}
