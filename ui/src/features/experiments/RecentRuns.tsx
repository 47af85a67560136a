import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { experimentsQuery, firstRunsQuery } from "@/api/queries";
import type { Run } from "@/api/types";
import { StatusBadge } from "@/components/Badge";
import { ErrorState, Skeleton } from "@/components/States";
import { Ago, Took } from "@/components/Time";

import styles from "./RecentRuns.module.css";

const SHOWN = 12;

/** The newest runs of all experiments, or those that are running. */
export function RecentRuns({ title, filter, nothing }: { title: string; filter: string; nothing: string }) {
  const { data, error, refetch } = useQuery(firstRunsQuery({ experimentIds: null, filter, orderBy: [] }, SHOWN));
  const { data: experiments = [] } = useQuery(experimentsQuery);
  const names = new Map(experiments.map((one) => [one.experiment_id, one.name]));
  return (
    <section className={styles.section} aria-label={title}>
      <h2>{title}</h2>
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Skeleton lines={4} />}
      {data?.length === 0 && <p className={styles.nothing}>{nothing}</p>}
      <ul>
        {data?.map((run) => (
          <li key={run.info.run_id}>
            <RunRow run={run} experiment={names.get(run.info.experiment_id) ?? ""} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function RunRow({ run: { info }, experiment }: { run: Run; experiment: string }) {
  return (
    <Link to="/runs/$runId" params={{ runId: info.run_id }} className={styles.run}>
      <span className={styles.name}>
        {info.run_name}
        <small>{experiment}</small>
      </span>
      <StatusBadge status={info.status} reason={info.status_reason} />
      <span className={styles.when}>
        <Ago ms={info.start_time} /> · <Took startMs={info.start_time} endMs={info.end_time} />
      </span>
    </Link>
  );
}
