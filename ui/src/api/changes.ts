/** What pages change on the server; what is shown is read again by live updates, or by who changed it. */
import { call } from "./client";

export const setRunTags = (runId: string, tags: Record<string, string>) =>
  call("post", "/api/v1/runs/{run_id}/batch", { path: { run_id: runId }, body: { tags } });

export const deleteRunTag = (runId: string, key: string) =>
  call("delete", "/api/v1/runs/{run_id}/tags", { path: { run_id: runId }, query: { key } });

export const renameRun = (runId: string, name: string) =>
  call("patch", "/api/v1/runs/{run_id}", { path: { run_id: runId }, body: { name } });

export const deleteRuns = (runIds: readonly string[]) =>
  Promise.all(runIds.map((runId) => call("delete", "/api/v1/runs/{run_id}", { path: { run_id: runId } })));

export const restoreRuns = (runIds: readonly string[]) =>
  Promise.all(runIds.map((runId) => call("post", "/api/v1/runs/{run_id}/restore", { path: { run_id: runId } })));
