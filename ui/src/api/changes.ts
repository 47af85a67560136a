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

export const createModel = (name: string, description: string) => call("post", "/api/v1/registered-models", { body: { name, description } });

export const deleteModel = (name: string) => call("delete", "/api/v1/registered-models/{name}", { path: { name } });

export const setModelTag = (name: string, key: string, value: string) =>
  call("post", "/api/v1/registered-models/{name}/tags", { path: { name }, body: { key, value } });

export const deleteModelTag = (name: string, key: string) =>
  call("delete", "/api/v1/registered-models/{name}/tags", { path: { name }, query: { key } });

export const createVersion = (name: string, source: string, runId: string | null, description: string) =>
  call("post", "/api/v1/registered-models/{name}/versions", { path: { name }, body: { source, run_id: runId, description } });

export const deleteVersion = (name: string, version: string) =>
  call("delete", "/api/v1/registered-models/{name}/versions/{version}", { path: { name, version } });

export const setVersionTag = (name: string, version: string, key: string, value: string) =>
  call("post", "/api/v1/registered-models/{name}/versions/{version}/tags", { path: { name, version }, body: { key, value } });

export const deleteVersionTag = (name: string, version: string, key: string) =>
  call("delete", "/api/v1/registered-models/{name}/versions/{version}/tags", { path: { name, version }, query: { key } });

export const createExperiment = (name: string) => call("post", "/api/v1/experiments", { body: { name } });

export const renameExperiment = (experimentId: string, name: string) =>
  call("post", "/api/v1/experiments/{experiment_id}/rename", { path: { experiment_id: experimentId }, body: { name } });

export const deleteExperiment = (experimentId: string) =>
  call("delete", "/api/v1/experiments/{experiment_id}", { path: { experiment_id: experimentId } });

export const restoreExperiment = (experimentId: string) =>
  call("post", "/api/v1/experiments/{experiment_id}/restore", { path: { experiment_id: experimentId } });

export const setExperimentTag = (experimentId: string, key: string, value: string) =>
  call("post", "/api/v1/experiments/{experiment_id}/tags", { path: { experiment_id: experimentId }, body: { tags: { [key]: value } } });

export const deleteExperimentTag = (experimentId: string, key: string) =>
  call("delete", "/api/v1/experiments/{experiment_id}/tags", { path: { experiment_id: experimentId }, query: { key } });
