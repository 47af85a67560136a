import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { LayoutPanelLeft, LineChart, Rows3, Trash2 } from "lucide-react";
import { type CSSProperties, useCallback, useMemo, useState } from "react";

import { experimentQuery } from "@/api/queries";
import { rowsQuery, runIdsQuery, runKeysQuery } from "@/api/runRows";
import { Button } from "@/components/Button";
import { Divider } from "@/components/Divider";
import { EmptyState, ErrorState, Skeleton } from "@/components/States";
import { ChartGrid, ChartSettings } from "@/features/charts";
import { ExtraPanels } from "@/features/panels";
import { BulkBar, ColumnsMenu, FilterBox, GroupMenu, RunsTable, allFields, chosenByItself, keysFor } from "@/features/runs-table";
import { ViewsMenu } from "@/features/views";
import { COLOUR_TAG, tellApart } from "@/lib/colour";
import { fieldOf, quoted } from "@/lib/fields";
import { groupsOf } from "@/lib/groups";
import { formatCount } from "@/lib/format";
import { useLiveRuns } from "@/lib/useLive";
import { MOST_GROUPED, type RunRow, useRunRows } from "@/lib/useRunRows";
import type { Workspace } from "@/lib/workspace";

import styles from "./WorkspacePage.module.css";

const route = getRouteApi("/experiments/$experimentIds");

/** How many runs are drawn, and looked at to choose columns: the first of the table. */
const DRAWN = 100;
const NOBODY: never[] = [];
const NO_KEYS = { params: {}, metrics: {}, tags: {} };

export function WorkspacePage() {
  const { experimentIds: joined } = route.useParams();
  const workspace = route.useSearch();
  const navigate = route.useNavigate();
  const experimentIds = useMemo(() => joined.split(","), [joined]);
  const experiments = useQueries({ queries: experimentIds.map(experimentQuery) });
  const change = useCallback(
    (part: Partial<Workspace>) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true }),
    [navigate],
  );

  const asked = {
    experimentIds,
    filter: workspace.filter ?? "",
    orderBy: orderOf(workspace.sort),
    deleted: workspace.deleted ?? false,
  };
  const { fields, columns, sample } = useColumns(asked, workspace, experimentIds.length > 1);
  const wanted = keysFor([...columns, ...(workspace.group ?? [])], [COLOUR_TAG]);
  const rows = useRunRows(asked, wanted, workspace.group !== undefined);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const drawn = useMemo(() => {
    const hidden = new Set(workspace.hidden);
    tellApart(sample.map((run) => run.info.run_id));
    if (workspace.group !== undefined) tellApart(groupsOf(sample, workspace.group).map(({ id }) => id));
    return sample.filter((run) => !hidden.has(run.info.run_id));
  }, [sample, workspace.hidden, workspace.group]);
  useLiveRuns(
    useMemo(() => [...drawn, ...rows.loaded].filter(isRunning).map((run) => run.info.run_id), [drawn, rows.loaded]),
    experimentIds,
  );
  const hide = (runIds: readonly string[], isAlone: boolean) => {
    const others = sample.map((run) => run.info.run_id).filter((id) => !runIds.includes(id));
    change({ hidden: isAlone ? others : [...new Set([...(workspace.hidden ?? []), ...runIds])] });
  };
  const metrics = useMemo(
    () => fields.filter((field) => field.entity === "metrics").map((field) => field.key),
    [fields],
  );

  const failed = experiments.find(({ error }) => error !== null);
  if (failed !== undefined) return <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />;
  const title = experiments.map(({ data }) => data?.name ?? "…").join(" · ");
  const isFilterWrong = rows.error !== null && workspace.filter !== undefined;
  const { layout } = workspace;
  const first = experiments[0]?.data;

  return (
    <div className={styles.page}>
      <title>{`${title} – Runstone`}</title>
      <header className={styles.head}>
        <h1 title={title}>{title}</h1>
        <span className={styles.count}>{formatCount(rows.count, "run")}</span>
        <FilterBox
          filter={workspace.filter ?? ""}
          onFilter={(filter) => change({ filter: filter === "" ? undefined : filter })}
          error={isFilterWrong ? rows.error : null}
          fields={fields}
          sample={sample}
        />
        <GroupMenu fields={fields} by={workspace.group ?? []} onGroup={(group) => change({ group })} />
        <ColumnsMenu fields={fields} shown={columns} workspace={workspace} onChange={change} />
        <input
          type="search"
          className={styles.panels}
          placeholder="Panels by name"
          title="A regular expression"
          aria-label="Filter panels"
          value={workspace.panels ?? ""}
          onChange={(event) => change({ panels: event.target.value === "" ? undefined : event.target.value })}
        />
        {first !== undefined && <ViewsMenu experiment={first} workspace={workspace} onChange={change} />}
        <ChartSettings settings={workspace} onChange={change} metrics={metrics} isGrouped={workspace.group !== undefined} />
        <div className={styles.layout} role="group" aria-label="Layout">
          <Button kind="quiet" icon={<Rows3 />} aria-label="Table" aria-pressed={layout === "table"} onClick={() => change({ layout: "table" })} />
          <Button
            kind="quiet"
            icon={<LayoutPanelLeft />}
            aria-label="Table and charts"
            aria-pressed={layout === undefined}
            onClick={() => change({ layout: undefined })}
          />
          <Button kind="quiet" icon={<LineChart />} aria-label="Charts" aria-pressed={layout === "charts"} onClick={() => change({ layout: "charts" })} />
          <Button
            kind="quiet"
            icon={<Trash2 />}
            aria-label="Deleted runs"
            aria-pressed={workspace.deleted === true}
            onClick={() => change({ deleted: workspace.deleted === true ? undefined : true })}
          />
        </div>
      </header>
      {selected.size > 0 && (
        <BulkBar
          selected={[...selected]}
          columns={columns}
          isDeleted={workspace.deleted === true}
          onClear={() => setSelected(new Set())}
        />
      )}
      {workspace.group !== undefined && rows.count > MOST_GROUPED && (
        <p className={styles.note}>
          The first {formatCount(MOST_GROUPED, "run")} are grouped; a filter chooses others.
        </p>
      )}
      {rows.isPending && <Skeleton lines={12} />}
      {rows.error !== null && !isFilterWrong && <ErrorState error={rows.error} onRetry={() => void rows.refetch()} />}
      {!rows.isPending && rows.count === 0 && rows.error === null && <Nothing workspace={workspace} experiment={title} />}
      {rows.count > 0 && (
        <div
          className={styles.halves}
          data-layout={layout ?? "both"}
          style={layout === undefined && workspace.split !== undefined ? ({ "--table": workspace.split } as CSSProperties) : undefined}
        >
          {layout !== "charts" && (
            <div className={styles.table}>
              <RunsTable
                columns={columns}
                count={rows.count}
                rowAt={rows.rowAt}
                loaded={rows.loaded}
                onReach={rows.reach}
                workspace={workspace}
                onChange={change}
                selected={selected}
                onSelect={(ids, isSelected) => setSelected(changed(selected, ids, isSelected))}
                experimentNames={new Map(experiments.map(({ data }) => [data?.experiment_id ?? "", data?.name ?? ""]))}
              />
            </div>
          )}
          {layout === undefined && <Divider label="Between table and charts" share={workspace.split ?? 0.4} onShare={(split) => change({ split })} />}
          {layout !== "table" && (
            <div className={styles.charts}>
              <ExtraPanels asked={asked} workspace={workspace} onChange={change} />
              <ChartGrid
                runs={drawn}
                keys={metrics}
                settings={workspace}
                onChange={change}
                pattern={workspace.panels}
                group={workspace.group}
                onHide={hide}
              />
            </div>
          )}
        </div>
      )}
    </div>
  );
}

/** Return all columns there may be, the ids of those that are shown, and the first runs, by which they are chosen. */
function useColumns(asked: Parameters<typeof runIdsQuery>[0], workspace: Workspace, isSeveral: boolean) {
  const { data: ids = [] } = useQuery(runIdsQuery(asked, false));
  const first = useMemo(() => ids.slice(0, DRAWN), [ids]);
  const { data: keys = NO_KEYS } = useQuery(runKeysQuery(first));
  const wanted = { ...keysFor(workspace.group ?? [], [COLOUR_TAG]), params: null };
  const { data: sample = NOBODY } = useQuery({ ...rowsQuery(first, wanted), placeholderData: keepPreviousData });
  const fields = useMemo(() => allFields(keys), [keys]);
  const columns = useMemo(
    () =>
      workspace.columns ?? [
        ...(isSeveral ? ["experiment_id"] : []),
        ...chosenByItself(keys, sample).map((field) => field.id),
      ],
    [workspace.columns, keys, sample, isSeveral],
  );
  return { fields, columns, sample };
}

function Nothing({ workspace, experiment }: { workspace: Workspace; experiment: string }) {
  if (workspace.filter !== undefined) return <EmptyState title="No run fits this filter" />;
  if (workspace.deleted === true) return <EmptyState title="No run is deleted" />;
  return (
    <EmptyState
      title="No runs yet"
      command={`RUNSTONE_TRACKING_URI=${window.location.origin} RUNSTONE_EXPERIMENT_NAME='${experiment}' python train.py`}
    >
      What your program logs to this experiment is here a moment later.
    </EmptyState>
  );
}

/** Whether more may come: only of these is heard what they log. */
function isRunning(run: RunRow): boolean {
  return run.info.status === "RUNNING";
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
