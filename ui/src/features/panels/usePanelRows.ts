import { useQuery } from "@tanstack/react-query";
import { createContext, useContext, useMemo } from "react";

import { type RunsQuestion, runCountQuery } from "@/api/queries";
import { runIdsQuery, runKeysQuery, rowsQuery } from "@/api/runRows";
import { type Entity, fieldOf, isInnerTag } from "@/lib/fields";
import type { RunRow } from "@/lib/useRunRows";

/** Which runs the panels of a workspace are about. */
export interface PanelRuns {
  asked: RunsQuestion;
  hidden: readonly string[];
  group: readonly string[];
  filter: string;
  /** Make the table's filter another one. */
  onFilter: (filter: string) => void;
}

export const PanelRunsContext = createContext<PanelRuns | null>(null);

/** Return which runs the panels around here are about. */
export function usePanelRuns(): PanelRuns {
  const found = useContext(PanelRunsContext);
  if (found === null) throw new Error("A panel stands outside of a workspace.");
  return found;
}

/** The ids of the runs of panels: the first of the table, without those that are hidden. */
export function usePanelIds() {
  const { asked, hidden } = usePanelRuns();
  const { data, error } = useQuery(runIdsQuery(asked, false));
  const { data: count = 0 } = useQuery(runCountQuery(asked));
  const ids = useMemo(() => {
    const without = new Set(hidden);
    return data?.filter((id) => !without.has(id));
  }, [data, hidden]);
  return { ids, count, error };
}

const COLOUR = "mlflow.runColor";
const none: readonly RunRow[] = [];

/** The runs of a panel with what it needs of them; `count` is how many fit the filter. */
export function usePanelRows(fieldIds: readonly string[]) {
  const { ids, count, error: idsError } = usePanelIds();
  const keysOf = (entity: Entity) =>
    [...new Set(fieldIds.map(fieldOf).flatMap((field) => (field.entity === entity ? [field.key] : [])))].sort();
  const wanted = { params: keysOf("params"), metrics: keysOf("metrics"), tags: [...keysOf("tags"), COLOUR] };
  const { data, error } = useQuery({ ...rowsQuery(ids ?? [], wanted), placeholderData: (before) => before });
  const isEmpty = ids?.length === 0;
  return { rows: isEmpty ? none : data, count, error: idsError ?? error };
}

const FIRST = 300;

/** The fields that there are to choose from, those of most runs first. */
export function useFieldChoices(): Record<Entity, string[]> {
  const { ids = [] } = usePanelIds();
  const { data } = useQuery(runKeysQuery(ids.slice(0, FIRST)));
  return useMemo(() => {
    const sorted = (counts: Readonly<Record<string, number>> | undefined) =>
      Object.entries(counts ?? {})
        .sort((one, other) => other[1] - one[1] || one[0].localeCompare(other[0], "en", { numeric: true }))
        .map(([key]) => key);
    return {
      params: sorted(data?.params),
      metrics: sorted(data?.metrics),
      tags: sorted(data?.tags).filter((key) => !isInnerTag(key)),
    };
  }, [data]);
}
