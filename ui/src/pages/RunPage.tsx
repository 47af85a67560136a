import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";

import { runQuery } from "@/api/queries";
import type { Run } from "@/api/types";
import { EmptyState, ErrorState, Skeleton } from "@/components/States";
import { ArtifactBrowser } from "@/features/artifacts";
import { ChartGrid, ChartSettings as ChartSettingsMenu } from "@/features/charts";
import { Console } from "@/features/console";
import { RegisterDialog } from "@/features/registry";
import { RunHeader, RunOverview } from "@/features/run-detail";
import type { ChartSettings } from "@/lib/chartSettings";
import type { RunPlace } from "@/lib/runTab";
import { useLiveRuns } from "@/lib/useLive";

import styles from "./RunPage.module.css";

const route = getRouteApi("/runs/$runId");

export function RunPage() {
  const { runId } = route.useParams();
  const place = route.useSearch();
  const { data: run, error, refetch } = useQuery(runQuery(runId));
  const [isRegistering, setRegistering] = useState(false);
  useLiveRuns([runId], []);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (run === undefined) return <Skeleton lines={10} />;
  return (
    <div className={styles.page}>
      <title>{`${run.info.run_name} – Runstone`}</title>
      <RunHeader run={run} tab={place.tab ?? "overview"} onRegister={() => setRegistering(true)} />
      {isRegistering && <RegisterDialog sources={sourcesOf(run)} onClose={() => setRegistering(false)} />}
      <div className={styles.part}>
        <Part run={run} place={place} />
      </div>
    </div>
  );
}

/** What a run left that can be registered: the models that it logged, the last one first, or its files. */
function sourcesOf(run: Run): string[] {
  return [...run.outputs.model_outputs.map((one) => `models:/${one.model_id}`).reverse(), `runs:/${run.info.run_id}/model`];
}

function Part({ run, place }: { run: Run; place: RunPlace }) {
  const { tab = "overview", path } = place;
  const navigate = route.useNavigate();
  switch (tab) {
    case "overview":
      return <RunOverview run={run} />;
    case "charts":
      return <RunCharts run={run} place={place} isSystem={false} />;
    case "system":
      return <RunCharts run={run} place={place} isSystem />;
    case "console":
      return <Console runId={run.info.run_id} isRunning={run.info.status === "RUNNING"} />;
    case "artifacts":
      return (
        <ArtifactBrowser
          ownerId={run.info.run_id}
          path={path}
          onPath={(chosen) => void navigate({ search: { tab: "artifacts", path: chosen } })}
        />
      );
  }
}

function RunCharts({ run, place, isSystem }: { run: Run; place: RunPlace; isSystem: boolean }) {
  const navigate = route.useNavigate();
  const settings: ChartSettings = isSystem ? { ...place, x: place.x ?? "relative" } : place;
  const keys = Object.keys(run.metrics)
    .filter((key) => key.startsWith("system/") === isSystem)
    .sort();
  if (isSystem && keys.length === 0) {
    return (
      <EmptyState title="Nothing was measured of the machine">
        Programs that run for more than a few seconds and keep RUNSTONE_CAPTURE’s usage on are measured.
      </EmptyState>
    );
  }
  const change = (part: Partial<ChartSettings>) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  return (
    <>
      <div className={styles.settings}>
        <ChartSettingsMenu settings={settings} onChange={change} metrics={keys} />
      </div>
      <ChartGrid runs={[run]} keys={keys} settings={settings} onChange={change} isOpen />
    </>
  );
}
