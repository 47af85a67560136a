import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { textQuery, contentUrl } from "@/api/artifacts";
import { ErrorState, Skeleton } from "@/components/States";

import styles from "./MediaBody.module.css";
import { readSpec } from "./vegaSpec";
import { VegaView } from "./VegaView";

/** A chart that was logged as a Vega-Lite specification, as Altair writes it. */
export function LoggedVega({ runId, path, label }: { runId: string; path: string; label: string }) {
  const { data, error } = useQuery(textQuery(runId, path));
  const spec = useMemo(() => (data === undefined ? undefined : readSpec(data.text)), [data]);
  if (error !== null) return <ErrorState error={error} />;
  if (spec === undefined) return <Skeleton lines={4} />;
  if (spec instanceof Error || !String(spec["$schema"]).includes("/vega-lite/")) {
    return (
      <p className={styles.broken}>
        Of JSON files those by Vega-Lite or Altair are drawn here; log other figures as SVG or PNG. <a href={contentUrl(runId, path)}>Open the file</a>
      </p>
    );
  }
  return <VegaView spec={spec} data={null} height={260} label={label} />;
}
