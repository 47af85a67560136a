/** Unified diffs, as Git writes them. */

export interface PatchLine {
  kind: "added" | "removed" | "same" | "place";
  text: string;
}

export interface PatchFile {
  name: string;
  added: number;
  removed: number;
  lines: PatchLine[];
  isBinary: boolean;
}

/** Return the files of a patch with their lines. */
export function filesOf(patch: string): PatchFile[] {
  const files: PatchFile[] = [];
  let isInside = false;
  for (const line of patch.split("\n")) {
    const begun = /^diff --git (?:"?a\/.*?"?) "?b\/(.*?)"?$/.exec(line);
    let file = files.at(-1);
    if (begun !== null || (line.startsWith("--- ") && !isInside && (file === undefined || file.lines.length > 0))) {
      file = { name: begun?.[1] ?? line.slice(4).split("\t", 1)[0] ?? "", added: 0, removed: 0, lines: [], isBinary: false };
      files.push(file);
      isInside = false;
      continue;
    }
    if (file === undefined) continue;
    if (line.startsWith("@@")) {
      isInside = true;
      file.lines.push({ kind: "place", text: line });
    } else if (line.startsWith("GIT binary patch") || line.startsWith("Binary files ")) {
      file.isBinary = true;
      isInside = false;
    } else if (isInside && /^[-+ ]/.test(line)) {
      const kind = line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : "same";
      if (kind === "added") file.added += 1;
      if (kind === "removed") file.removed += 1;
      file.lines.push({ kind, text: line.slice(1) });
    } else if (line !== "" && !line.startsWith("\\")) {
      isInside = false;
    }
  }
  return files;
}
