import type { RunInfo } from "@/api/types";

/** What a chart needs to know of a run. */
export interface DrawnRun {
  info: RunInfo;
  tags: Record<string, string>;
}
