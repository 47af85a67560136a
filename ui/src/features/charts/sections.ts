/** Panels by the prefix of their metrics. */

export interface Section {
  title: string;
  keys: string[];
}

/** Return metrics by what stands before their first slash; those without one come first. */
export function sectionsOf(keys: readonly string[]): Section[] {
  const found = new Map<string, string[]>();
  for (const key of keys) {
    const at = key.indexOf("/");
    const title = at < 0 ? "" : key.slice(0, at);
    found.set(title, [...(found.get(title) ?? []), key]);
  }
  return [...found]
    .map(([title, inside]) => ({ title, keys: inside }))
    .sort((one, other) => rank(one.title) - rank(other.title) || one.title.localeCompare(other.title, "en"));
}

/** What is measured of the machine comes last. */
const rank = (title: string): number => (title === "" ? 0 : title === "system" ? 2 : 1);

/** Return the keys that fit a regular expression, or all of them as long as it is not one. */
export function matching(keys: readonly string[], pattern: string): string[] {
  try {
    const expression = new RegExp(pattern, "i");
    return keys.filter((key) => expression.test(key));
  } catch {
    return [...keys];
  }
}
