import { useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";

import type { Schemas } from "@/api/client";
import { type RunsQuestion, runCountQuery } from "@/api/queries";
import { FIRST_IDS, type RowKeys, WINDOW, rowsQuery, runIdsQuery } from "@/api/runRows";

import { windowsAround } from "./windows";

export type RunRow = Schemas["RunSummary"];

const AHEAD = 200;
/** What is seen is known in steps of so many rows: not every row that comes into sight draws the whole page anew. */
const SEEN_STEP = 50;

/** So many rows are read where all are needed at once, to be grouped. */
export const MOST_GROUPED = 5000;

/** The rows of a table of runs: those in sight are read, however many there are. */
export function useRunRows(asked: RunsQuestion, wanted: RowKeys, isWhole = false) {
  const [seen, setSeen] = useState<readonly [number, number]>([0, SEEN_STEP]);
  const count = useQuery(runCountQuery(asked));
  const isFar = isWhole || seen[1] + AHEAD >= FIRST_IDS;
  const first = useQuery(runIdsQuery(asked, false));
  const all = useQuery({ ...runIdsQuery(asked, true), enabled: isFar && (count.data ?? 0) > FIRST_IDS });
  const ids = useMemo(() => (isFar ? (all.data ?? first.data) : first.data) ?? [], [isFar, all.data, first.data]);

  const numbers = isWhole
    ? windowsAround(0, MOST_GROUPED - WINDOW - 1, ids.length, WINDOW)
    : windowsAround(seen[0], seen[1], ids.length, WINDOW);
  const windows = useQueries({
    queries: numbers.map((number) => rowsQuery(ids.slice(number * WINDOW, (number + 1) * WINDOW), wanted)),
    combine: (results) => results.map(({ data }) => data),
  });
  const byId = useMemo(() => {
    const found = new Map<string, RunRow>();
    for (const rows of windows) for (const row of rows ?? []) found.set(row.info.run_id, row);
    return found;
  }, [windows]);

  const rowAt = useCallback((index: number) => byId.get(ids[index] ?? ""), [byId, ids]);
  const reach = useCallback((first: number, last: number) => {
    const from = Math.floor(first / SEEN_STEP) * SEEN_STEP;
    const to = Math.ceil((last + 1) / SEEN_STEP) * SEEN_STEP;
    setSeen((before) => (before[0] === from && before[1] === to ? before : [from, to]));
  }, []);
  const loaded = useMemo(() => ids.slice(0, MOST_GROUPED).flatMap((id) => byId.get(id) ?? []), [ids, byId]);
  return {
    ids,
    /** Those that are here, in order. */
    loaded,
    /** How many there are; not all of their ids need be here yet. */
    count: Math.max(count.data ?? 0, ids.length),
    rowAt,
    reach,
    isPending: first.isPending,
    error: first.error ?? count.error,
    refetch: first.refetch,
  };
}
