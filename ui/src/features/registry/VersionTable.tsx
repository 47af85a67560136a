import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";

import { rowsQuery } from "@/api/runRows";
import type { ModelVersion } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Ago } from "@/components/Time";
import { lastOf } from "@/lib/fields";
import { formatNumber, shortId } from "@/lib/format";

import styles from "./registry.module.css";

const MOST_RUNS = 1000;
const MOST_METRICS = 4;

/** The versions of a model with what their runs measured; the newest first. */
export function VersionTable({ name, versions, aliases }: { name: string; versions: readonly ModelVersion[]; aliases: Readonly<Record<string, string>> }) {
  const runIds = useMemo(() => [...new Set(versions.flatMap(({ run_id: id }) => (id === null || id === "" ? [] : [id])))].slice(0, MOST_RUNS), [versions]);
  const { data: runs = [] } = useQuery(rowsQuery(runIds, { params: [], metrics: null, tags: [] }));
  const byId = new Map(runs.map((run) => [run.info.run_id, run]));
  const metrics = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))].filter((key) => !key.startsWith("system/")).slice(0, MOST_METRICS);
  return (
    <div className={styles.scroll} role="region" aria-label="All versions" tabIndex={0}>
      <table className={styles.table} aria-label="Versions">
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Aliases</th>
            <th scope="col">Stage</th>
            <th scope="col">Run</th>
            {metrics.map((key) => (
              <th key={key} scope="col" title={key}>
                {key.slice(0, 40)}
              </th>
            ))}
            <th scope="col">By</th>
            <th scope="col">Made</th>
          </tr>
        </thead>
        <tbody>
          {versions.map((version) => {
            const run = byId.get(version.run_id ?? "");
            return (
              <tr key={version.version}>
                <th scope="row">
                  <Link to="/models/$name/$version" params={{ name, version: version.version }}>
                    Version {version.version}
                  </Link>
                  {version.description !== "" && <p className={styles.about}>{version.description.slice(0, 100)}</p>}
                </th>
                <td>
                  <span className={styles.aliases}>
                    {Object.entries(aliases)
                      .filter(([, held]) => held === version.version)
                      .map(([alias]) => (
                        <Badge key={alias} tone="accent">
                          @{alias}
                        </Badge>
                      ))}
                  </span>
                </td>
                <td>{version.registry_stage === "None" ? "" : version.registry_stage}</td>
                <td>
                  {version.run_id !== null && version.run_id !== "" && (
                    <Link to="/runs/$runId" params={{ runId: version.run_id }}>
                      {run?.info.run_name.slice(0, 60) ?? shortId(version.run_id)}
                    </Link>
                  )}
                </td>
                {metrics.map((key) => {
                  const summary = run?.metrics[key];
                  return <td key={key}>{summary === undefined ? "" : formatNumber(lastOf(summary))}</td>;
                })}
                <td>{version.user_id}</td>
                <td>
                  <Ago ms={version.creation_timestamp} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
