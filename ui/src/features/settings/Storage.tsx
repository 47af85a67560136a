import { useQuery } from "@tanstack/react-query";

import { infoQuery } from "@/api/queries";
import { Card } from "@/components/Card";
import { KeyValues } from "@/components/KeyValues";
import { Command, ErrorState, Skeleton } from "@/components/States";
import { formatBytes, formatNumber } from "@/lib/format";

import styles from "./settings.module.css";

/** What the store is, and how much it holds. */
export function Storage() {
  const { data: info, error, refetch } = useQuery(infoQuery);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (info === undefined) return <Skeleton lines={8} />;
  return (
    <>
      <Card title="Store">
        <KeyValues
          nothing=""
          rows={[
            ["Database", info.engine === "postgresql" ? "PostgreSQL" : "SQLite"],
            ["At", info.uri],
            ["Schema", String(info.schema_version)],
            ["Experiments", formatNumber(info.experiments)],
            ["Runs", `${formatNumber(info.runs)}, of which ${formatNumber(info.running)} are running`],
            ["Points", formatNumber(info.points)],
            ["Database on disk", formatBytes(info.database_bytes)],
            ["Files", formatNumber(info.artifacts)],
            ["Bytes of files", `${formatBytes(info.artifact_bytes)} as logged; what is the same is kept once`],
          ]}
        />
      </Card>
      <Card title="Make room, and check">
        <div className={styles.inside}>
          <p>Bytes of what was deleted stay until they are collected; a check reads what is kept and tells what is damaged.</p>
          <Command text={"runstone gc --older-than 30d\nrunstone fsck\nrunstone backup runs.tar.gz"} />
        </div>
      </Card>
    </>
  );
}
