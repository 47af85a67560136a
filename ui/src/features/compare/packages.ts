/** Lists of packages, as pip writes them. */

export interface PackageLine {
  name: string;
  versions: (string | null)[];
  isSame: boolean;
}

/** Return the versions that a requirements file names, by the packages. */
export function versionsIn(requirements: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of requirements.split("\n")) {
    const match = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?:==\s*([^\s;]+)|@\s*(\S+))/.exec(line.trim());
    const version = match?.[2] ?? match?.[3];
    if (match?.[1] !== undefined && version !== undefined) found.set(match[1].toLowerCase().replace(/[_.]+/g, "-"), version);
  }
  return found;
}

/** Return a line for each package that any environment has. */
export function packageLines(environments: readonly ReadonlyMap<string, string>[]): PackageLine[] {
  const names = [...new Set(environments.flatMap((one) => [...one.keys()]))].sort();
  return names.map((name) => {
    const versions = environments.map((one) => one.get(name) ?? null);
    return { name, versions, isSame: new Set(versions).size === 1 };
  });
}
