import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";

import { runQuery } from "@/api/queries";
import type { Run } from "@/api/types";
import { EmptyState, ErrorState, Skeleton } from "@/components/States";
import { ChartGrid } from "@/features/charts";
import { RunHeader, RunOverview } from "@/features/run-detail";
import type { RunTab } from "@/lib/runTab";
import { useLiveRuns } from "@/lib/useLive";
import type { Workspace } from "@/lib/workspace";

const route = getRouteApi("/runs/$runId");
const TABS: readonly RunTab[] = ["overview", "charts", "system"];

export function RunPage() {
  const { runId } = route.useParams();
  const { tab = "overview" } = route.useSearch();
  const { data: run, error, refetch } = useQuery(runQuery(runId));
  useLiveRuns([runId], []);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (run === undefined) return <Skeleton lines={10} />;
  return (
    <>
      <title>{`${run.info.run_name} – Runstone`}</title>
      <RunHeader run={run} tabs={TABS} />
      <Part run={run} tab={tab} />
    </>
  );
}

function Part({ run, tab }: { run: Run; tab: RunTab }) {
  switch (tab) {
    case "charts":
      return <RunCharts run={run} isSystem={false} />;
    case "system":
      return <RunCharts run={run} isSystem />;
    default:
      return <RunOverview run={run} />;
  }
}

function RunCharts({ run, isSystem }: { run: Run; isSystem: boolean }) {
  const [workspace, setWorkspace] = useState<Workspace>(isSystem ? { x: "relative" } : {});
  const keys = Object.keys(run.metrics)
    .filter((key) => key.startsWith("system/") === isSystem)
    .sort();
  if (isSystem && keys.length === 0) return <EmptyState title="Nothing was measured of the machine" />;
  return <ChartGrid runs={[run]} keys={keys} workspace={workspace} onChange={(part) => setWorkspace({ ...workspace, ...part })} />;
}
