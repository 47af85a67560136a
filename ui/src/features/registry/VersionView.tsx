import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { describeVersion } from "@/api/changes";
import { keys, modelQuery, runQuery, versionQuery } from "@/api/queries";
import { Badge } from "@/components/Badge";
import { Card } from "@/components/Card";
import { KeyValues } from "@/components/KeyValues";
import { Command, ErrorState, Skeleton } from "@/components/States";
import { toastError } from "@/components/toasts";
import { formatMoment } from "@/lib/time";

import { Description } from "./Description";
import { MetricComparison } from "./MetricComparison";
import styles from "./registry.module.css";

/** One version of a registered model, held against what an alias names now. */
export function VersionView({ name, version }: { name: string; version: string }) {
  const { data, error, refetch } = useQuery(versionQuery(name, version));
  const { data: model } = useQuery(modelQuery(name));
  const client = useQueryClient();
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton lines={8} />;
  const others = Object.entries(model?.aliases ?? {}).filter(([, held]) => held !== version);
  const [alias] = data.aliases;
  const facts: [string, string][] = [
    ["Made", formatMoment(data.creation_timestamp)],
    ["Changed", formatMoment(data.last_updated_timestamp)],
    ["By", data.user_id],
    ["Source", data.source],
    ["Status", data.status === "READY" ? "ready" : `${data.status} ${data.status_message}`],
    ["Stage", data.registry_stage === "None" ? "" : data.registry_stage],
    ["Logged model", data.model_id ?? ""],
  ];
  return (
    <>
      <header className={styles.head}>
        <h1>
          <Link to="/models/$name" params={{ name }}>
            {name}
          </Link>{" "}
          version {version}
        </h1>
        {data.aliases.map((one) => (
          <Badge key={one} tone="accent">
            @{one}
          </Badge>
        ))}
        {data.run_id !== null && data.run_id !== "" && (
          <Link to="/runs/$runId" params={{ runId: data.run_id }}>
            The run that made it
          </Link>
        )}
        <Link to="/lineage" search={{ kind: "model_version", id: `${name}/${version}` }}>
          Lineage
        </Link>
      </header>
      <div className={styles.columns}>
        <Description
          text={data.description}
          onChange={(text) => void describeVersion(name, version, text).then(() => client.invalidateQueries({ queryKey: keys.models }), toastError)}
        />
        <Card title="What it is">
          <KeyValues rows={facts.filter(([, value]) => value !== "")} nothing="" />
        </Card>
        <Card title="Tags" count={Object.keys(data.tags).length}>
          <KeyValues rows={Object.entries(data.tags).sort()} nothing="No tags." />
        </Card>
        <Card title="Load it">
          <div className={styles.inside}>
            <Command text={`mlflow.pyfunc.load_model("models:/${name}${alias === undefined ? `/${version}` : `@${alias}`}")`} />
          </div>
        </Card>
      </div>
      {others.map(([other, held]) => (
        <Against key={other} name={name} alias={other} held={held} runId={data.run_id} version={version} />
      ))}
    </>
  );
}

interface AgainstProps {
  name: string;
  alias: string;
  held: string;
  runId: string | null;
  version: string;
}

function Against({ name, alias, held, runId, version }: AgainstProps) {
  const { data: holder } = useQuery(versionQuery(name, held));
  const old = useQuery({ ...runQuery(holder?.run_id ?? ""), enabled: Boolean(holder?.run_id) });
  const own = useQuery({ ...runQuery(runId ?? ""), enabled: Boolean(runId) });
  if (old.data === undefined || own.data === undefined) return null;
  return (
    <Card title={`Against @${alias}, version ${held}`}>
      <MetricComparison from={old.data} to={own.data} titles={[`@${alias} (${held})`, `Version ${version}`]} />
    </Card>
  );
}
