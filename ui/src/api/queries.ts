/** What the server is asked for, each under a key by which it is read again when it changed. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { call } from "./client";
import { type SeriesQuestion, readSeries } from "./series";
import { type Node, VIEW } from "./types";

export interface RunsQuestion {
  experimentIds: readonly string[] | null;
  filter: string;
  orderBy: readonly string[];
  deleted?: boolean;
}

const RUNS_AT_ONCE = 500;

export const keys = {
  experiments: ["experiments"] as const,
  experiment: (id: string) => ["experiments", id] as const,
  runs: ["runs"] as const,
  run: (id: string) => ["run", id] as const,
  series: ["series"] as const,
  models: ["models"] as const,
};

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => call("get", "/api/v1/me", { signal }),
  staleTime: Infinity,
});

/** All experiments, the newest first. */
export const experimentsQuery = queryOptions({
  queryKey: [...keys.experiments, "all"],
  queryFn: async ({ signal }) => {
    const found = [];
    let token: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof experimentsPage>> = await experimentsPage(token, signal);
      found.push(...page.items);
      token = page.next_page_token;
    } while (token !== null);
    return found;
  },
});

/** What happened in each experiment that has runs, by its id. */
export const experimentRunsQuery = queryOptions({
  queryKey: [...keys.experiments, "runs"],
  queryFn: async ({ signal }) => {
    const counted = await call("post", "/api/v1/experiments/count-runs", { body: {}, signal });
    return new Map(counted.map((one) => [one.experiment_id, one]));
  },
});

/** The first of the experiments that are deleted. */
export const deletedExperimentsQuery = queryOptions({
  queryKey: [...keys.experiments, "deleted"],
  queryFn: async ({ signal }) =>
    (await call("post", "/api/v1/experiments/search", { body: { view: VIEW.deleted, max_results: 200 }, signal })).items,
});

const experimentsPage = (token: string | null, signal: AbortSignal) =>
  call("post", "/api/v1/experiments/search", { body: { max_results: 5000, page_token: token }, signal });

export const experimentQuery = (experimentId: string) =>
  queryOptions({
    queryKey: keys.experiment(experimentId),
    queryFn: ({ signal }) =>
      call("get", "/api/v1/experiments/{experiment_id}", { path: { experiment_id: experimentId }, signal }),
  });

const bodyOf = (asked: RunsQuestion) => ({
  experiment_ids: asked.experimentIds === null ? null : [...asked.experimentIds],
  filter: asked.filter,
  view: asked.deleted === true ? VIEW.deleted : VIEW.active,
});

/** Runs in pages: as many as the table has been scrolled to. */
export const runsQuery = (asked: RunsQuestion) =>
  infiniteQueryOptions({
    queryKey: [...keys.runs, "pages", asked],
    queryFn: ({ pageParam, signal }) =>
      call("post", "/api/v1/runs/search", {
        body: { ...bodyOf(asked), order_by: [...asked.orderBy], max_results: RUNS_AT_ONCE, page_token: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_page_token,
    placeholderData: keepPreviousData,
  });

/** The first few runs. */
export const firstRunsQuery = (asked: RunsQuestion, count: number) =>
  queryOptions({
    queryKey: [...keys.runs, "first", count, asked],
    queryFn: async ({ signal }) => {
      const body = { ...bodyOf(asked), order_by: [...asked.orderBy], max_results: count };
      return (await call("post", "/api/v1/runs/search", { body, signal })).items;
    },
    placeholderData: keepPreviousData,
  });

export const runCountQuery = (asked: Omit<RunsQuestion, "orderBy">) =>
  queryOptions({
    queryKey: [...keys.runs, "count", asked],
    queryFn: ({ signal }) => call("post", "/api/v1/runs/count", { body: bodyOf({ ...asked, orderBy: [] }), signal }),
    placeholderData: keepPreviousData,
  });

export const runQuery = (runId: string) =>
  queryOptions({
    queryKey: keys.run(runId),
    queryFn: ({ signal }) => call("get", "/api/v1/runs/{run_id}", { path: { run_id: runId }, signal }),
  });

export const seriesQuery = (asked: SeriesQuestion) =>
  queryOptions({
    queryKey: [...keys.series, asked],
    queryFn: ({ signal }) => readSeries(asked, signal),
    enabled: asked.runIds.length > 0 && asked.keys.length > 0,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });

export const modelsQuery = (filter: string) =>
  queryOptions({
    queryKey: [...keys.models, "search", filter],
    queryFn: async ({ signal }) =>
      (await call("post", "/api/v1/registered-models/search", { body: { filter, max_results: 1000 }, signal })).items,
    placeholderData: keepPreviousData,
  });

/** The runs below a run, the oldest first. */
export const childrenQuery = (runId: string) =>
  queryOptions({
    queryKey: [...keys.runs, "children", runId],
    queryFn: async ({ signal }) => {
      const body = { experiment_ids: null, filter: `parent_run_id = '${runId}'`, order_by: ["start_time"], max_results: 500 };
      return (await call("post", "/api/v1/runs/search", { body, signal })).items;
    },
  });

/** A page of what a run printed: pieces after one, by their numbers. */
export const consoleQuery = (runId: string) =>
  infiniteQueryOptions({
    queryKey: ["console", runId],
    queryFn: ({ pageParam, signal }) =>
      call("get", "/api/v1/runs/{run_id}/console", {
        path: { run_id: runId },
        query: { after: pageParam, max_pieces: PIECES_AT_ONCE },
        signal,
      }),
    initialPageParam: 0,
    getNextPageParam: (page) => (page.length < PIECES_AT_ONCE ? undefined : (page.at(-1)?.[0] ?? undefined)),
  });

const PIECES_AT_ONCE = 1000;

export const modelQuery = (name: string) =>
  queryOptions({
    queryKey: [...keys.models, "one", name],
    queryFn: ({ signal }) => call("get", "/api/v1/registered-models/{name}", { path: { name }, signal }),
  });

/** All versions of a model, the newest first. */
export const versionsQuery = (name: string) =>
  queryOptions({
    queryKey: [...keys.models, "versions", name],
    queryFn: async ({ signal }) => {
      const body = { filter: `name = '${name.replaceAll("'", "''")}'`, order_by: ["version_number DESC"], max_results: 1000 };
      return (await call("post", "/api/v1/model-versions/search", { body, signal })).items;
    },
  });

export const versionQuery = (name: string, version: string) =>
  queryOptions({
    queryKey: [...keys.models, "version", name, version],
    queryFn: ({ signal }) => call("get", "/api/v1/registered-models/{name}/versions/{version}", { path: { name, version }, signal }),
  });

export const aliasMovesQuery = (name: string) =>
  queryOptions({
    queryKey: [...keys.models, "alias moves", name],
    queryFn: ({ signal }) => call("get", "/api/v1/registered-models/{name}/alias-moves", { path: { name }, query: { max_results: 100 }, signal }),
  });

/** The datasets that runs of some experiments used. */
export const datasetsQuery = (experimentIds: readonly string[]) =>
  queryOptions({
    queryKey: [...keys.runs, "datasets", experimentIds],
    queryFn: ({ signal }) => call("post", "/api/v1/datasets/search", { body: { experiment_ids: [...experimentIds] }, signal }),
    enabled: experimentIds.length > 0,
  });

export const edgesQuery = (node: Node) =>
  queryOptions({
    queryKey: ["edges", node],
    queryFn: ({ signal }) => call("post", "/api/v1/lineage/edges", { body: { node, direction: "both", max_results: 1000 }, signal }),
  });

export const infoQuery = queryOptions({
  queryKey: ["info"],
  queryFn: ({ signal }) => call("get", "/api/v1/info", { signal }),
});
