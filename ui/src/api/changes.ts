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

export const setAlias = (name: string, alias: string, version: string) =>
  call("post", "/api/v1/registered-models/{name}/aliases", { path: { name }, body: { alias, version } });

export const deleteAlias = (name: string, alias: string) =>
  call("delete", "/api/v1/registered-models/{name}/aliases", { path: { name }, query: { alias } });

export const describeModel = (name: string, description: string) =>
  call("patch", "/api/v1/registered-models/{name}", { path: { name }, body: { description } });

export const describeVersion = (name: string, version: string, description: string) =>
  call("patch", "/api/v1/registered-models/{name}/versions/{version}", { path: { name, version }, body: { description } });
