/** Named states of a workspace, kept as tags of its experiment, so that everybody sees them. */
import { type Workspace, readWorkspace } from "./workspace";

const PREFIX = "runstone.view.";

export interface View {
  name: string;
  workspace: Workspace;
}

/** Return the tag that holds a view. */
export const viewTag = (name: string): string => `${PREFIX}${name}`;

/** Return the views among the tags of an experiment, by name; what cannot be read is left out. */
export function viewsOf(tags: Readonly<Record<string, string>>): View[] {
  return Object.entries(tags)
    .flatMap(([key, value]): View[] => {
      if (!key.startsWith(PREFIX)) return [];
      try {
        const given: unknown = JSON.parse(value);
        if (typeof given !== "object" || given === null || Array.isArray(given)) return [];
        return [{ name: key.slice(PREFIX.length), workspace: readWorkspace(given as Record<string, unknown>) }];
      } catch {
        return [];
      }
    })
    .sort((one, other) => one.name.localeCompare(other.name, "en", { numeric: true }));
}

/** Return what a view keeps of a workspace, as text. */
export const viewText = (workspace: Workspace): string => JSON.stringify(workspace);

/** Return the change that makes one workspace of another: what the other has beyond it goes. */
export function changeTo(wanted: Workspace, present: Workspace): Partial<Workspace> {
  const gone = Object.fromEntries(Object.keys(present).map((key) => [key, undefined]));
  return { ...gone, ...wanted };
}
