import { Link } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";

import { experimentQuery, runQuery } from "@/api/queries";
import type { Run } from "@/api/types";
import { StatusBadge } from "@/components/Badge";
import { CopyButton } from "@/components/CopyButton";
import { Ago, Took } from "@/components/Time";
import { COLOUR_TAG, colourOf } from "@/lib/colour";
import { RUN_TABS, type RunTab } from "@/lib/runTab";

import { RunActions } from "./RunActions";
import styles from "./RunHeader.module.css";

const TITLES: Record<RunTab, string> = {
  overview: "Overview",
  charts: "Charts",
  system: "System",
  console: "Console",
  artifacts: "Artifacts",
};

/** What a run is, and the way to each part of it. */
export function RunHeader({ run, tab: present, onRegister }: { run: Run; tab: RunTab; onRegister: () => void }) {
  const { info } = run;
  const { data: experiment } = useQuery(experimentQuery(info.experiment_id));
  const { data: parent } = useQuery({ ...runQuery(info.parent_run_id ?? ""), enabled: info.parent_run_id !== null });
  return (
    <header className={styles.head}>
      <div className={styles.crumbs}>
        <Link to="/experiments/$experimentIds" params={{ experimentIds: info.experiment_id }}>
          {experiment?.name ?? "…"}
        </Link>
        {parent !== undefined && (
          <>
            <span aria-hidden="true">›</span>
            <Link to="/runs/$runId" params={{ runId: parent.info.run_id }} title={parent.info.run_name}>
              {parent.info.run_name.slice(0, 100)}
            </Link>
          </>
        )}
      </div>
      <div className={styles.title}>
        <span className={styles.swatch} style={{ background: colourOf(info.run_id, run.tags[COLOUR_TAG]) }} />
        <h1 title={info.run_name}>{info.run_name}</h1>
        <StatusBadge status={info.status} reason={info.status_reason} />
        <span className={styles.dim}>
          <Ago ms={info.start_time} /> · <Took startMs={info.start_time} endMs={info.end_time} />
          {info.user_id !== "" && ` · ${info.user_id}`}
        </span>
        <code className={styles.id}>{info.run_id}</code>
        <CopyButton text={info.run_id} label="Copy the run's id" />
        <RunActions run={run} onRegister={onRegister} />
      </div>
      {info.lifecycle_stage === "deleted" && <p className={styles.reason}>This run is deleted.</p>}
      {info.status_reason !== null && <p className={styles.reason}>{info.status_reason}</p>}
      <nav className={styles.tabs} aria-label="Parts of the run">
        {RUN_TABS.map((tab) => (
          <Link
            key={tab}
            to="/runs/$runId"
            params={{ runId: info.run_id }}
            search={tab === "overview" ? {} : { tab }}
            activeOptions={{ exact: true }}
            aria-current={tab === present ? "page" : undefined}
          >
            {TITLES[tab]}
          </Link>
        ))}
        <Link to="/lineage" search={{ kind: "run", id: info.run_id }}>
          Lineage
        </Link>
      </nav>
    </header>
  );
}
