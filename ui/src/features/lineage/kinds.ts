import type { Node } from "@/api/types";

/** What the kinds of things are called. */
export const KINDS: Record<Node["kind"], string> = {
  blob: "file",
  code: "code",
  dataset: "dataset",
  model: "logged model",
  model_version: "model version",
  run: "run",
};
