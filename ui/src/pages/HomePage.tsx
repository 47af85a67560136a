import { ExperimentTree, RecentRuns } from "@/features/experiments";
import { useLiveRuns } from "@/lib/useLive";

import styles from "./HomePage.module.css";

export function HomePage() {
  useLiveRuns([], "all");
  return (
    <div className={styles.page}>
      <title>Runstone</title>
      <div className={styles.tree}>
        <h1>Experiments</h1>
        <ExperimentTree />
      </div>
      <div className={styles.runs}>
        <RecentRuns title="Running" filter="status = 'RUNNING'" nothing="Nothing is running." />
        <RecentRuns title="Recent" filter="" nothing="No runs yet." />
      </div>
    </div>
  );
}
