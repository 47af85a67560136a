import { useInfiniteQuery, useQueries, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";

import { experimentQuery, runCountQuery, runsQuery } from "@/api/queries";
import { EmptyState, ErrorState, Skeleton } from "@/components/States";
import { ChartGrid, ChartSettings } from "@/features/charts";
import { ExtraPanels } from "@/features/panels";
import { FilterBox, RunsTable } from "@/features/runs-table";
import { fieldOf, keysOf, quoted } from "@/lib/fields";
import { formatCount } from "@/lib/format";
import { useLiveRuns } from "@/lib/useLive";
import type { Workspace } from "@/lib/workspace";

import styles from "./WorkspacePage.module.css";

const route = getRouteApi("/experiments/$experimentIds");

/** How many runs are drawn at most; the first of the table. */
const DRAWN = 100;
const AHEAD = 100;

export function WorkspacePage() {
  const { experimentIds: joined } = route.useParams();
  const workspace = route.useSearch();
  const navigate = route.useNavigate();
  const experimentIds = useMemo(() => joined.split(","), [joined]);
  const experiments = useQueries({ queries: experimentIds.map(experimentQuery) });
  useLiveRuns([], experimentIds);

  const asked = { experimentIds, filter: workspace.filter ?? "", deleted: workspace.deleted ?? false };
  const pages = useInfiniteQuery(runsQuery({ ...asked, orderBy: orderOf(workspace.sort) }));
  const { data: count = 0 } = useQuery(runCountQuery(asked));
  const runs = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());

  const change = useCallback(
    (part: Partial<Workspace>) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true }),
    [navigate],
  );
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  const reach = useCallback(
    (last: number) => {
      if (last + AHEAD > runs.length && hasNextPage && !isFetchingNextPage) void fetchNextPage();
    },
    [runs.length, hasNextPage, isFetchingNextPage, fetchNextPage],
  );
  const drawn = useMemo(() => {
    const hidden = new Set(workspace.hidden);
    return runs.slice(0, DRAWN).filter((run) => !hidden.has(run.info.run_id));
  }, [runs, workspace.hidden]);
  const metrics = useMemo(() => keysOf(runs.slice(0, DRAWN)).metrics, [runs]);

  const failed = experiments.find(({ error }) => error !== null);
  if (failed !== undefined) return <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />;
  const title = experiments.map(({ data }) => data?.name ?? "…").join(" · ");
  const isFilterWrong = pages.error !== null && workspace.filter !== undefined;

  return (
    <div className={styles.page}>
      <title>{`${title} – Runstone`}</title>
      <header className={styles.head}>
        <h1 title={title}>{title}</h1>
        <span className={styles.count}>{formatCount(count, "run")}</span>
        <FilterBox
          filter={workspace.filter ?? ""}
          onFilter={(filter) => change({ filter: filter === "" ? undefined : filter })}
          error={isFilterWrong ? pages.error : null}
        />
        <input
          type="search"
          className={styles.panels}
          placeholder="Panels (regular expression)"
          aria-label="Filter panels"
          value={workspace.panels ?? ""}
          onChange={(event) => change({ panels: event.target.value === "" ? undefined : event.target.value })}
        />
        <ChartSettings workspace={workspace} onChange={change} />
      </header>
      {pages.data === undefined && pages.error === null && <Skeleton lines={12} />}
      {pages.error !== null && !isFilterWrong && <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.data !== undefined && runs.length === 0 && !isFilterWrong && (
        <Nothing hasFilter={workspace.filter !== undefined} experiment={title} />
      )}
      {runs.length > 0 && (
        <div className={styles.halves}>
          <div className={styles.table}>
            <RunsTable
              runs={runs}
              count={Math.max(count, runs.length)}
              workspace={workspace}
              onChange={change}
              onReach={reach}
              selected={selected}
              onSelect={(ids, isSelected) => setSelected(changed(selected, ids, isSelected))}
            />
          </div>
          <div className={styles.charts}>
            <ExtraPanels asked={{ ...asked, orderBy: orderOf(workspace.sort) }} workspace={workspace} onChange={change} />
            <ChartGrid runs={drawn} keys={metrics} workspace={workspace} onChange={change} />
          </div>
        </div>
      )}
    </div>
  );
}

function Nothing({ hasFilter, experiment }: { hasFilter: boolean; experiment: string }) {
  if (hasFilter) return <EmptyState title="No run fits this filter" />;
  return (
    <EmptyState
      title="No runs yet"
      command={`RUNSTONE_TRACKING_URI=${window.location.origin} RUNSTONE_EXPERIMENT_NAME='${experiment}' python train.py`}
    >
      What your program logs to this experiment is here a moment later.
    </EmptyState>
  );
}

function orderOf(sort: string | undefined): string[] {
  if (sort === undefined) return [];
  const isDescending = sort.startsWith("-");
  return [`${quoted(fieldOf(isDescending ? sort.slice(1) : sort))} ${isDescending ? "DESC" : "ASC"}`];
}

function changed(selected: ReadonlySet<string>, ids: readonly string[], isSelected: boolean): Set<string> {
  const next = new Set(selected);
  for (const id of ids) {
    if (isSelected) next.add(id);
    else next.delete(id);
  }
  return next;
}
