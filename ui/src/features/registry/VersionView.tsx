import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { deleteVersion, deleteVersionTag, describeVersion, setVersionTag } from "@/api/changes";
import { keys, modelQuery, runQuery, versionQuery } from "@/api/queries";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { KeyValues } from "@/components/KeyValues";
import { Command, ErrorState, Skeleton } from "@/components/States";
import { TagEditor } from "@/components/TagEditor";
import { toast, toastError } from "@/components/toasts";
import { formatMoment } from "@/lib/time";

import { DeleteDialog } from "./DeleteDialog";
import { Description } from "./Description";
import { MetricComparison } from "./MetricComparison";
import styles from "./registry.module.css";

// Brings a reader of YAML with it.
const Signature = lazy(async () => ({ default: (await import("./Signature")).Signature }));

/** One version of a registered model, held against what an alias names now. */
export function VersionView({ name, version }: { name: string; version: string }) {
  const { data, error, refetch } = useQuery(versionQuery(name, version));
  const { data: model } = useQuery(modelQuery(name));
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isDeleting, setDeleting] = useState(false);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton lines={8} />;
  const renew = () => client.invalidateQueries({ queryKey: keys.models });
  const others = Object.entries(model?.aliases ?? {}).filter(([, held]) => held !== version);
  const [alias] = data.aliases;
  const uri = `models:/${name}${alias === undefined ? `/${version}` : `@${alias}`}`;
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
        <Button kind="quiet" icon={<Trash2 />} aria-label="Delete the version" onClick={() => setDeleting(true)} />
      </header>
      <div className={styles.columns}>
        <Description
          text={data.description}
          onChange={(text) => void describeVersion(name, version, text).then(renew, toastError)}
        />
        <Card title="What it is">
          <KeyValues rows={facts.filter(([, value]) => value !== "")} nothing="" />
        </Card>
        <Card title="Tags" count={Object.keys(data.tags).length}>
          <TagEditor
            tags={data.tags}
            keys={Object.keys(data.tags).sort()}
            onSet={(key, value) => setVersionTag(name, version, key, value).then(renew)}
            onRemove={(key) => deleteVersionTag(name, version, key).then(renew)}
          />
        </Card>
        <Suspense>
          <Signature version={data} />
        </Suspense>
        <Card title="Load it">
          <div className={styles.inside}>
            <Command text={`mlflow.pyfunc.load_model("${uri}")`} />
            <Command text={`mlflow artifacts download --artifact-uri "${uri}"`} />
          </div>
        </Card>
      </div>
      {others.map(([other, held]) => (
        <Against key={other} name={name} alias={other} held={held} runId={data.run_id} version={version} />
      ))}
      {isDeleting && (
        <DeleteDialog
          what={`${name}/${version}`}
          onClose={() => setDeleting(false)}
          onDelete={async () => {
            await deleteVersion(name, version);
            await navigate({ to: "/models/$name", params: { name } });
            await renew();
            toast(`Version ${version} of ${name} is deleted`);
          }}
        >
          {data.aliases.length > 0 && `@${data.aliases.join(", @")} will point nowhere. `}Its number is not given again. This cannot be undone.
        </DeleteDialog>
      )}
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
