import { useQueries } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { runQuery } from "@/api/queries";
import { EmptyState, ErrorState, Skeleton } from "@/components/States";
import { ChartGrid, ChartSettings } from "@/features/charts";
import { Comparison, FileDiffs, Packages } from "@/features/compare";
import { ExtraPanels } from "@/features/panels";
import type { Comparison as Comparing } from "@/lib/comparison";
import { tellApart } from "@/lib/colour";
import { formatCount } from "@/lib/format";
import { useLiveRuns } from "@/lib/useLive";

import styles from "./ComparePage.module.css";

const route = getRouteApi("/compare");
const MOST = 50;

export function ComparePage() {
  const place = route.useSearch();
  const { runs: ids = [], all = false } = place;
  const navigate = route.useNavigate();
  const shown = ids.slice(0, MOST);
  const queries = useQueries({ queries: shown.map(runQuery) });
  useLiveRuns(shown, []);
  const failed = queries.find(({ error }) => error !== null);
  if (failed !== undefined) return <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />;
  const runs = queries.flatMap(({ data }) => data ?? []);
  if (ids.length === 0) return <EmptyState title="Nothing to compare">Select runs in an experiment’s table, and choose Compare.</EmptyState>;
  if (runs.length < shown.length) return <Skeleton lines={12} />;
  tellApart(shown);
  const keys = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))].sort();
  const asked = { experimentIds: null, filter: `run_id IN (${shown.map((id) => `'${id.replaceAll("'", "''")}'`).join(", ")})`, orderBy: [] };
  const change = (part: Partial<Comparing>) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  return (
    <div className={styles.page}>
      <title>Compare – Runstone</title>
      <header className={styles.head}>
        <h1>Compare {formatCount(runs.length, "run")}</h1>
        {ids.length > MOST && <span>The first {MOST} of {ids.length}.</span>}
      </header>
      <Comparison
        runs={runs}
        isAll={all}
        onAll={(isAll) => void navigate({ search: (before) => ({ ...before, all: isAll || undefined }), replace: true })}
        onRemove={(id) => void navigate({ search: (before) => ({ ...before, runs: ids.filter((one) => one !== id) }) })}
      />
      <div className={styles.more}>
        <Packages runs={runs} isAll={all} />
        <FileDiffs runs={runs} />
      </div>
      <ExtraPanels asked={asked} workspace={place} onChange={change} />
      <div className={styles.settings}>
        <h2>Charts</h2>
        <ChartSettings settings={place} onChange={change} metrics={keys} />
      </div>
      <ChartGrid runs={runs} keys={keys} settings={place} onChange={change} />
    </div>
  );
}
