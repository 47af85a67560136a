import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Tag } from "lucide-react";
import { useState } from "react";

import { describeModel } from "@/api/changes";
import { keys, modelQuery, versionsQuery } from "@/api/queries";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { KeyValues } from "@/components/KeyValues";
import { EmptyState, ErrorState, Skeleton } from "@/components/States";
import { Ago } from "@/components/Time";
import { toastError } from "@/components/toasts";
import { shortId } from "@/lib/format";

import { AliasDialog } from "./AliasDialog";
import { Aliases } from "./Aliases";
import { Description } from "./Description";
import styles from "./registry.module.css";

/** A registered model: what it is, its aliases, and its versions. */
export function ModelView({ name }: { name: string }) {
  const { data: model, error, refetch } = useQuery(modelQuery(name));
  const { data: versions } = useQuery(versionsQuery(name));
  const client = useQueryClient();
  const [isMoving, setMoving] = useState(false);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (model === undefined || versions === undefined) return <Skeleton lines={8} />;
  const renew = () => client.invalidateQueries({ queryKey: keys.models });
  return (
    <>
      <header className={styles.head}>
        <h1>{model.name}</h1>
        <Aliases aliases={model.aliases} />
        <Button icon={<Tag />} disabled={versions.length === 0} onClick={() => setMoving(true)}>
          Move an alias
        </Button>
      </header>
      <div className={styles.columns}>
        <Description text={model.description} onChange={(text) => void describeModel(name, text).then(renew, toastError)} />
        <Card title="Tags" count={Object.keys(model.tags).length}>
          <KeyValues rows={Object.entries(model.tags).sort()} nothing="No tags." />
        </Card>
      </div>
      {versions.length === 0 && <EmptyState title="No versions yet" />}
      {versions.length > 0 && (
        <table className={styles.table} aria-label="Versions">
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col">Aliases</th>
              <th scope="col">Stage</th>
              <th scope="col">Run</th>
              <th scope="col">Source</th>
              <th scope="col">Made</th>
            </tr>
          </thead>
          <tbody>
            {versions.map((version) => (
              <tr key={version.version}>
                <th scope="row">
                  <Link to="/models/$name/$version" params={{ name, version: version.version }}>
                    Version {version.version}
                  </Link>
                </th>
                <td>
                  <span className={styles.aliases}>
                    {version.aliases.map((alias) => (
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
                      {shortId(version.run_id)}
                    </Link>
                  )}
                </td>
                <td>{version.source}</td>
                <td>
                  <Ago ms={version.creation_timestamp} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {isMoving && <AliasDialog model={model} versions={versions} onClose={() => setMoving(false)} />}
    </>
  );
}
