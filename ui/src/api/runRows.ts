/** Runs as rows of a table that is looked at in places: their ids in order, and windows of rows by these. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { call } from "./client";
import type { RunsQuestion } from "./queries";
import { keys } from "./queries";
import { VIEW } from "./types";

/** Rows that are read at once. */
export const WINDOW = 200;

/** So many ids come first, since most tables are looked at from their top. */
export const FIRST_IDS = 1000;

const ALL_IDS = 1_000_000;

/** Keys of the columns; null for all that a run has. */
export interface RowKeys {
  params: readonly string[] | null;
  metrics: readonly string[] | null;
  tags: readonly string[] | null;
}

/** The ids of the runs in order: the first of them, or all. */
export const runIdsQuery = (asked: RunsQuestion, isAll: boolean) =>
  queryOptions({
    queryKey: [...keys.runs, "ids", isAll, asked],
    queryFn: ({ signal }) =>
      call("post", "/api/v1/runs/search-ids", {
        body: {
          experiment_ids: asked.experimentIds === null ? null : [...asked.experimentIds],
          filter: asked.filter,
          order_by: [...asked.orderBy],
          view: asked.deleted === true ? VIEW.deleted : VIEW.active,
          max_results: isAll ? ALL_IDS : FIRST_IDS,
        },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

/** Some rows, with what their columns show. */
export const rowsQuery = (runIds: readonly string[], wanted: RowKeys) =>
  queryOptions({
    queryKey: [...keys.runs, "rows", runIds, wanted],
    queryFn: ({ signal }) =>
      call("post", "/api/v1/runs/read", {
        body: {
          run_ids: [...runIds],
          params: wanted.params === null ? null : [...wanted.params],
          metrics: wanted.metrics === null ? null : [...wanted.metrics],
          tags: wanted.tags === null ? null : [...wanted.tags],
        },
        signal,
      }),
    enabled: runIds.length > 0,
  });

/** Which params, metrics and tags some runs have, and how many of them have each. */
export const runKeysQuery = (runIds: readonly string[]) =>
  queryOptions({
    queryKey: [...keys.runs, "keys", runIds],
    queryFn: ({ signal }) => call("post", "/api/v1/runs/count-keys", { body: { run_ids: [...runIds] }, signal }),
    enabled: runIds.length > 0,
    placeholderData: keepPreviousData,
  });
