/** The commands that make a run again, as far as what was recorded allows. */
import type { Run } from "@/api/types";

export interface Recipe {
  steps: readonly { what: string; command: string }[];
  /** What was not recorded, in words. */
  missing: readonly string[];
}

/** Return how to make a run again, from its tags and the paths of its files. */
export function recipeOf(run: Run, paths: ReadonlySet<string>, address: string): Recipe {
  const { run_id: id } = run.info;
  const commit = run.tags["mlflow.source.git.commit"];
  const command = run.tags["runstone.command"];
  const steps: { what: string; command: string }[] = [{ what: "Where the run is", command: `export RUNSTONE_TRACKING_URI=${address}` }];
  const missing: string[] = [];
  if (commit !== undefined) steps.push({ what: "The code it was committed as", command: `git checkout ${quoted(commit)}` });
  else missing.push("no Git commit");
  if (paths.has("runstone/code/diff.patch")) {
    steps.push({
      what: "What was changed and not committed",
      command: `runstone artifacts get ${id} runstone/code/diff.patch -o diff.patch && git apply diff.patch`,
    });
  }
  if (paths.has("runstone/environment/requirements.txt")) {
    steps.push({
      what: "The packages it ran with",
      command: `runstone artifacts get ${id} runstone/environment/requirements.txt -o requirements.txt && pip install -r requirements.txt`,
    });
  } else missing.push("no list of packages");
  if (command !== undefined) steps.push({ what: "The program", command });
  else missing.push("no command line");
  return { steps, missing };
}

/** Return a word as a shell takes it literally. */
function quoted(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
